// What others permit somebody to send: types.
import type { CommunicationIdentifier, CommunicationIdentifierKind } from "@azure/communication-common";
import type { CallFeature } from "../feature";

export interface ParticipantMediaAccess {
  participant: CommunicationIdentifierKind;
  isAudioPermitted: boolean;
  isVideoPermitted: boolean;
}
export interface MeetingMediaAccess {
  isAudioPermitted: boolean;
  isVideoPermitted: boolean;
}
export interface MediaAccessChangedEvent {
  mediaAccesses: ParticipantMediaAccess[];
}
export interface MeetingMediaAccessChangedEvent {
  meetingMediaAccess: MeetingMediaAccess;
}
export type MediaAccessChangedListener = (data: MediaAccessChangedEvent) => void;
export type MeetingMediaAccessChangedListener = (data: MeetingMediaAccessChangedEvent) => void;
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
  on(event: "mediaAccessChanged", listener: MediaAccessChangedListener): void;
  on(event: "meetingMediaAccessChanged", listener: MeetingMediaAccessChangedListener): void;
  off(event: "mediaAccessChanged", listener: MediaAccessChangedListener): void;
  off(event: "meetingMediaAccessChanged", listener: MeetingMediaAccessChangedListener): void;
}
