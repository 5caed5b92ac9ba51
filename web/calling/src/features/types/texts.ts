// Features of captions, real-time text and data: their types.
import type { CommunicationIdentifier, CommunicationIdentifierKind } from "@azure/communication-common";
import type { CallFeature } from "../feature";
import type { ParticipantInfo, PropertyChangedEvent } from "../../types";

export type CaptionsKind = "Captions" | "TeamsCaptions";
export type CaptionsResultType = "Partial" | "Final";
export interface CaptionsCommon {
  readonly kind: CaptionsKind;
  readonly isCaptionsFeatureActive: boolean;
  readonly supportedSpokenLanguages: string[];
  readonly activeSpokenLanguage: string;
  startCaptions(options?: StartCaptionsOptions): Promise<void>;
  stopCaptions(): Promise<void>;
  setSpokenLanguage(language: string): Promise<void>;
}
export interface StartCaptionsOptions {
  spokenLanguage: string;
}
export interface CaptionsInfo {
  readonly resultType: CaptionsResultType;
  readonly speaker: ParticipantInfo;
  readonly spokenLanguage: string;
  readonly spokenText: string;
  readonly timestamp: Date;
}
export type CaptionsHandler = (args: CaptionsInfo) => void;
export interface Captions extends CaptionsCommon {
  readonly kind: "Captions";
  on(event: "CaptionsActiveChanged" | "SpokenLanguageChanged", listener: PropertyChangedEvent): void;
  on(event: "CaptionsReceived", listener: CaptionsHandler): void;
  off(event: "CaptionsActiveChanged" | "SpokenLanguageChanged", listener: PropertyChangedEvent): void;
  off(event: "CaptionsReceived", listener: CaptionsHandler): void;
}
export interface TeamsCaptionsInfo extends CaptionsInfo {
  readonly captionLanguage: string;
  readonly captionText?: string;
}
export type TeamsCaptionsHandler = (args: TeamsCaptionsInfo) => void;
export interface TeamsCaptions extends CaptionsCommon {
  readonly kind: "TeamsCaptions";
  readonly supportedCaptionLanguages: string[];
  readonly activeCaptionLanguage: string;
  setCaptionLanguage(language: string): Promise<void>;
  on(event: "CaptionsActiveChanged" | "SpokenLanguageChanged" | "CaptionLanguageChanged", listener: PropertyChangedEvent): void;
  on(event: "CaptionsReceived", listener: TeamsCaptionsHandler): void;
  off(event: "CaptionsActiveChanged" | "SpokenLanguageChanged" | "CaptionLanguageChanged", listener: PropertyChangedEvent): void;
  off(event: "CaptionsReceived", listener: TeamsCaptionsHandler): void;
}
export interface CaptionsCallFeature extends CallFeature {
  readonly captions: Captions | TeamsCaptions;
  on(event: "CaptionsKindChanged", listener: PropertyChangedEvent): void;
  off(event: "CaptionsKindChanged", listener: PropertyChangedEvent): void;
}
export type RealTimeTextResultType = "Partial" | "Final";
export interface RealTimeTextInfo {
  readonly sequenceId: number;
  readonly sender: ParticipantInfo;
  readonly text: string;
  readonly resultType: RealTimeTextResultType;
  readonly receivedTimestamp: Date;
  readonly updatedTimestamp: Date;
  readonly isLocal: boolean;
}
export interface RealTimeTextCallFeature extends CallFeature {
  sendRealTimeText(text: string, finalized?: boolean): Promise<void>;
  on(event: "realTimeTextReceived", listener: (args: RealTimeTextInfo) => void): void;
  off(event: "realTimeTextReceived", listener: (args: RealTimeTextInfo) => void): void;
}
export type DataChannelPriority = "Normal" | "High";
export type DataChannelReliability = "Durable" | "Lossy";
export interface DataChannelSenderOptions {
  channelId?: number;
  participants?: CommunicationIdentifier[];
  priority?: DataChannelPriority;
  reliability?: DataChannelReliability;
  bitrateInKbps?: number;
}
export interface DataChannelSender {
  readonly channelId: number;
  readonly maxMessageSize: number;
  setParticipants(participants: CommunicationIdentifier[]): void;
  sendMessage(data: Uint8Array): Promise<void>;
  close(): void;
}
export interface DataChannelMessage {
  sequenceNumber: number;
  data: Uint8Array;
}
export interface DataChannelReceiver {
  readonly channelId: number;
  readonly senderParticipantIdentifier: CommunicationIdentifierKind;
  readMessage(): DataChannelMessage | undefined;
  on(event: "messageReady" | "close", listener: PropertyChangedEvent): void;
  off(event: "messageReady" | "close", listener: PropertyChangedEvent): void;
}
export interface DataChannelCallFeature extends CallFeature {
  createDataChannelSender(options: DataChannelSenderOptions): DataChannelSender;
  on(event: "dataChannelReceiverCreated", listener: (args: DataChannelReceiver) => void): void;
  off(event: "dataChannelReceiverCreated", listener: (args: DataChannelReceiver) => void): void;
}
