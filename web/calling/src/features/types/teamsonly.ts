// Features of Teams: the types that others import.
import type { CommunicationIdentifierKind } from "@azure/communication-common";
import type { CallFeature } from "../feature";
import type { Call, RemoteVideoStream, TeamsCall } from "../../types";

export type BreakoutRoomState = "open" | "closed";
export interface BreakoutRoom {
  readonly displayName: string;
  readonly state: BreakoutRoomState;
  readonly threadId?: string;
  readonly invitees: ReadonlyArray<CommunicationIdentifierKind>;
  readonly autoMoveParticipantToBreakoutRoom: boolean;
  readonly call?: Call | TeamsCall;
  join(): Promise<Call | TeamsCall>;
  returnToMainMeeting(): Promise<Call | TeamsCall>;
}
export interface BreakoutRoomsSettings {
  readonly disableReturnToMainMeeting: boolean;
  readonly timeLimit?: number;
  readonly roomEndTime?: Date;
}
export type BreakoutRoomsUpdatedEventType = "assignedBreakoutRooms" | "breakoutRoomsSettings" | "join";
export type BreakoutRoomsUpdatedEvent =
  | { type: "assignedBreakoutRooms"; data: BreakoutRoom | undefined }
  | { type: "breakoutRoomsSettings"; data: BreakoutRoomsSettings | undefined }
  | { type: "join"; data: Call | TeamsCall };
export type BreakoutRoomsUpdatedListener = (event: BreakoutRoomsUpdatedEvent) => void;
export interface BreakoutRoomsCallFeature extends CallFeature {
  readonly assignedBreakoutRooms?: BreakoutRoom;
  readonly breakoutRooms?: BreakoutRoom[];
  readonly breakoutRoomsSettings?: BreakoutRoomsSettings;
  on(event: "breakoutRoomsUpdated", listener: BreakoutRoomsUpdatedListener): void;
  off(event: "breakoutRoomsUpdated", listener: BreakoutRoomsUpdatedListener): void;
}
/** A feature that a call has by name only, because nothing but Teams has what it is about. */
export interface InertCallFeature extends CallFeature {
  on(event: string, listener: (args?: any) => void): void;
  off(event: string, listener: (args?: any) => void): void;
}
export interface TogetherModeParticipantSeatingPosition {
  participant: CommunicationIdentifierKind;
}
export interface TogetherModeCallFeature extends InertCallFeature {
  readonly togetherModeStream: ReadonlyArray<RemoteVideoStream>;
  readonly togetherModeSeatingMap: Map<string, unknown>;
  sceneSize?: { width: number; height: number };
  start(): Promise<void>;
}
export interface PPTLiveCallFeature extends InertCallFeature {
  readonly isActive: boolean;
  readonly target?: HTMLElement;
  activePPTLive?: { sharer?: { identifier: CommunicationIdentifierKind } };
}
export interface ConferencePhoneInfo {
  phoneNumber: string;
  conferenceId: string;
  isTollFree: boolean;
  countryName?: string;
  cityName?: string;
}
export interface TeamsMeetingAudioConferencingFeature extends CallFeature {
  getTeamsMeetingAudioConferencingDetails(): Promise<ConferencePhoneInfo[]>;
}
