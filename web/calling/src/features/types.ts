// The types of the features of calls, clients and streams.
import type { CommunicationIdentifier, CommunicationIdentifierKind } from "@azure/communication-common";
import type { CallClientFeature, CallFeature } from "./feature";
import type { CustomContext } from "../options";
import type { CollectionUpdatedEvent, PropertyChangedEvent } from "../values";
import type { TeamsCall } from "../teams";
import type { Call } from "../types";
export * from "./quality";
export * from "./streameffects";
export * from "./teamsonly";
export * from "./texts";

// ---- capabilities ----

export type CapabilityResolutionReason =
  | "Capable"
  | "CapabilityNotApplicableForTheCallType"
  | "ClientRestricted"
  | "UserPolicyRestricted"
  | "RoleRestricted"
  | "FeatureNotSupported"
  | "MeetingRestricted"
  | "NotInitialized"
  | "NotCapable"
  | "TeamsPremiumLicenseRestricted"
  | "IpModeUserPolicyRestricted"
  | "ExplicitConsentRequired";
export interface ParticipantCapability {
  isPresent: boolean;
  reason: CapabilityResolutionReason;
}
export type ParticipantCapabilityName =
  | "turnVideoOn"
  | "unmuteMic"
  | "shareScreen"
  | "removeParticipant"
  | "hangUpForEveryOne"
  | "addCommunicationUser"
  | "addTeamsUser"
  | "addPhoneNumber"
  | "manageLobby"
  | "spotlightParticipant"
  | "removeParticipantsSpotlight"
  | "blurBackground"
  | "startLiveMeetingCaptions"
  | "startLiveCallingCaptions"
  | "setCaptionLanguage"
  | "raiseHand"
  | "pstnDialOut"
  | "muteOthers"
  | "useReactions"
  | "viewAttendeeNames"
  | "startTogetherMode"
  | "joinBreakoutRooms"
  | "forbidOthersAudio"
  | "forbidOthersVideo"
  | "realTimeText";
export type ParticipantCapabilities = { [name in ParticipantCapabilityName]: ParticipantCapability };
export type CapabilitiesChangedReason =
  | "RoleChanged"
  | "UserPolicyChanged"
  | "MeetingOptionOrOrganizerPolicyChanged"
  | "MeetingRoleChanged"
  | "MeetingDetailsChanged";
export interface CapabilitiesChangeInfo {
  oldValue: Partial<ParticipantCapabilities>;
  newValue: Partial<ParticipantCapabilities>;
  reason: CapabilitiesChangedReason;
}
export interface CapabilitiesFeature extends CallFeature {
  readonly capabilities: ParticipantCapabilities;
  on(event: "capabilitiesChanged", listener: (args: CapabilitiesChangeInfo) => void): void;
  off(event: "capabilitiesChanged", listener: (args: CapabilitiesChangeInfo) => void): void;
}

// ---- debug information ----

export interface Environment {
  platform: string;
  browser: string;
  browserVersion: string;
}
export interface EnvironmentInfo {
  environment: Environment;
  isSupportedPlatform: boolean;
  isSupportedBrowser: boolean;
  isSupportedBrowserVersion: boolean;
  isSupportedEnvironment: boolean;
}
export interface DebugInfoFeature extends CallClientFeature {
  readonly isCallClientActiveInAnotherTab: boolean;
  getEnvironmentInfo(): Promise<EnvironmentInfo>;
  on(event: "isCallClientActiveInAnotherTabChanged", listener: PropertyChangedEvent): void;
  off(event: "isCallClientActiveInAnotherTabChanged", listener: PropertyChangedEvent): void;
}

// ---- recording, transcription ----

/** The state of a recording. */
export enum RecordingState {
  None = 0,
  Started = 1,
  Paused = 2,
  Ended = 3,
}
export interface RecordingInfo {
  readonly state: RecordingState;
  on(event: "recordingStateChanged", listener: PropertyChangedEvent): void;
  off(event: "recordingStateChanged", listener: PropertyChangedEvent): void;
}
export interface RecordingCallFeature extends CallFeature {
  readonly isRecordingActive: boolean;
  readonly recordings: ReadonlyArray<RecordingInfo>;
  readonly isTeamsConsentRequired: boolean;
  grantTeamsConsent(): Promise<void>;
  on(event: "isRecordingActiveChanged", listener: PropertyChangedEvent): void;
  on(event: "recordingsUpdated", listener: CollectionUpdatedEvent<RecordingInfo>): void;
  off(event: "isRecordingActiveChanged", listener: PropertyChangedEvent): void;
  off(event: "recordingsUpdated", listener: CollectionUpdatedEvent<RecordingInfo>): void;
}
export interface TranscriptionCallFeature extends CallFeature {
  readonly isTranscriptionActive: boolean;
  readonly isTeamsConsentRequired: boolean;
  grantTeamsConsent(): Promise<void>;
  on(event: "isTranscriptionActiveChanged", listener: PropertyChangedEvent): void;
  off(event: "isTranscriptionActiveChanged", listener: PropertyChangedEvent): void;
}

// ---- transfer ----

export type TransferState = "None" | "Transferring" | "Transferred" | "Failed";
export interface TransferErrorCode {
  code: number;
  subCode?: number;
}
export interface TransferToParticipantLocator {
  targetParticipant: CommunicationIdentifier;
}
export interface TransferToCallLocator {
  targetCallId: string;
}
export interface TransferToParticipantOptions {
  disableForwardingAndUnanswered?: boolean;
  customContext?: CustomContext;
}
export interface Transfer {
  readonly state: TransferState;
  readonly error?: TransferErrorCode;
  on(event: "stateChanged", listener: PropertyChangedEvent): void;
  off(event: "stateChanged", listener: PropertyChangedEvent): void;
}
export interface TransferEventArgs {
  targetCall: Call | TeamsCall;
}
export interface TransferCallFeature extends CallFeature {
  transfer(target: TransferToParticipantLocator, options?: TransferToParticipantOptions): Transfer;
  transfer(target: TransferToCallLocator): Transfer;
  on(event: "transferAccepted", listener: (args: TransferEventArgs) => void): void;
  off(event: "transferAccepted", listener: (args: TransferEventArgs) => void): void;
}

// ---- people in the call ----

export interface DominantSpeakersInfo {
  readonly speakersList: CommunicationIdentifierKind[];
  readonly timestamp: Date;
}
export interface DominantSpeakersCallFeature extends CallFeature {
  readonly dominantSpeakers: DominantSpeakersInfo;
  on(event: "dominantSpeakersChanged", listener: PropertyChangedEvent): void;
  off(event: "dominantSpeakersChanged", listener: PropertyChangedEvent): void;
}
export interface RaisedHand {
  readonly identifier: CommunicationIdentifierKind;
  readonly order: number;
}
export interface RaisedHandChangedEvent {
  identifier: CommunicationIdentifierKind;
}
export type RaisedHandListener = (args: RaisedHandChangedEvent) => void;
export interface RaiseHandCallFeature extends CallFeature {
  raiseHand(): Promise<void>;
  lowerHand(): Promise<void>;
  lowerHands(participants: CommunicationIdentifier[]): Promise<void>;
  lowerAllHands(): Promise<void>;
  getRaisedHands(): RaisedHand[];
  on(event: "raisedHandEvent" | "loweredHandEvent" | "raisedHandChanged" | "loweredHandChanged", listener: RaisedHandListener): void;
  off(event: "raisedHandEvent" | "loweredHandEvent" | "raisedHandChanged" | "loweredHandChanged", listener: RaisedHandListener): void;
}
export interface SpotlightedParticipant {
  readonly identifier: CommunicationIdentifierKind;
  readonly order?: number;
}
export interface SpotlightCallFeature extends CallFeature {
  readonly maxParticipantsToSpotlight: number;
  startSpotlight(participants?: CommunicationIdentifier[]): Promise<void>;
  stopSpotlight(participants?: CommunicationIdentifier[]): Promise<void>;
  stopAllSpotlight(): Promise<void>;
  getSpotlightedParticipants(): SpotlightedParticipant[];
  on(event: "spotlightChanged", listener: CollectionUpdatedEvent<SpotlightedParticipant>): void;
  off(event: "spotlightChanged", listener: CollectionUpdatedEvent<SpotlightedParticipant>): void;
}
export type Reaction = "like" | "heart" | "laugh" | "surprised" | "applause";
export interface ReactionMessage {
  readonly reactionType: Reaction;
  readonly name?: string;
}
export interface ReactionEventPayload {
  identifier: CommunicationIdentifierKind;
  reactionMessage: ReactionMessage;
}
export interface ReactionCallFeature extends CallFeature {
  sendReaction(reactionMessage: ReactionMessage): Promise<void>;
  on(event: "reaction", listener: (args: ReactionEventPayload) => void): void;
  off(event: "reaction", listener: (args: ReactionEventPayload) => void): void;
}
export interface ParticipantMediaAccess {
  participant: CommunicationIdentifierKind;
  isAudioPermitted: boolean;
  isVideoPermitted: boolean;
}
export interface MeetingMediaAccess {
  isAudioPermitted: boolean;
  isVideoPermitted: boolean;
}
export interface MediaAccessCallFeature extends CallFeature {
  permitAudio(participants: CommunicationIdentifier[]): Promise<void>;
  forbidAudio(participants: CommunicationIdentifier[]): Promise<void>;
  permitVideo(participants: CommunicationIdentifier[]): Promise<void>;
  forbidVideo(participants: CommunicationIdentifier[]): Promise<void>;
  permitOthersAudio(): Promise<void>;
  forbidOthersAudio(): Promise<void>;
  permitOthersVideo(): Promise<void>;
  forbidOthersVideo(): Promise<void>;
  getAllOthersMediaAccess(): ParticipantMediaAccess[];
  getMeetingMediaAccess(): MeetingMediaAccess;
  on(event: "mediaAccessChanged", listener: (args: ParticipantMediaAccess[]) => void): void;
  on(event: "meetingMediaAccessChanged", listener: (args: MeetingMediaAccess) => void): void;
  off(event: "mediaAccessChanged", listener: (args: ParticipantMediaAccess[]) => void): void;
  off(event: "meetingMediaAccessChanged", listener: (args: MeetingMediaAccess) => void): void;
}
