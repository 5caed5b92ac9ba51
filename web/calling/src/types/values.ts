// The values that calls and streams take: states, kinds, errors and ends of calls.
import type {
  CommunicationIdentifier,
  CommunicationIdentifierKind,
  CommunicationUserIdentifier,
  CommunicationUserKind,
  MicrosoftTeamsAppIdentifier,
  MicrosoftTeamsAppKind,
  MicrosoftTeamsUserIdentifier,
  MicrosoftTeamsUserKind,
  PhoneNumberIdentifier,
  PhoneNumberKind,
  UnknownIdentifier,
  UnknownIdentifierKind,
} from "@azure/communication-common";

export type CallState =
  | "None"
  | "Connecting"
  | "Ringing"
  | "Connected"
  | "LocalHold"
  | "RemoteHold"
  | "InLobby"
  | "Disconnecting"
  | "Disconnected"
  | "EarlyMedia";
export type RemoteParticipantState =
  | "Idle"
  | "Connecting"
  | "Ringing"
  | "Connected"
  | "Hold"
  | "InLobby"
  | "EarlyMedia"
  | "Disconnected";
export type CallDirection = "Incoming" | "Outgoing";
export type ConnectionState = "Connected" | "Disconnected";
export type ParticipantRole =
  | "Unknown"
  | "Attendee"
  | "Presenter"
  | "Organizer"
  | "Co-organizer"
  | "Consumer"
  | "Collaborator";
export type MediaStreamType = "Video" | "ScreenSharing" | "RawMedia" | "LiveStream" | "Audio";
export type AudioMediaStreamType = "Audio";
export type ScalingMode = "Stretch" | "Crop" | "Fit";
export type DtmfTone =
  | "Num0"
  | "Num1"
  | "Num2"
  | "Num3"
  | "Num4"
  | "Num5"
  | "Num6"
  | "Num7"
  | "Num8"
  | "Num9"
  | "A"
  | "B"
  | "C"
  | "D"
  | "Star"
  | "Pound"
  | "Flash";
export type VideoDeviceType = "Unknown" | "UsbCamera" | "CaptureAdapter" | "Virtual" | "ScreenSharing";
export type AudioDeviceType = "Microphone" | "Speaker" | "CompositeAudioDevice" | "Virtual";

/** What kind of call an object is. */
export const CallKind = { Call: "Call", TeamsCall: "TeamsCall" } as const;
export type CallKind = (typeof CallKind)[keyof typeof CallKind];
/** What kind of agent an object is. */
export const CallAgentKind = { CallAgent: "CallAgent", TeamsCallAgent: "TeamsCallAgent" } as const;
export type CallAgentKind = (typeof CallAgentKind)[keyof typeof CallAgentKind];
/** What kind of incoming call an object is. */
export const IncomingCallKind = { IncomingCall: "IncomingCall", TeamsIncomingCall: "TeamsIncomingCall" } as const;
export type IncomingCallKind = (typeof IncomingCallKind)[keyof typeof IncomingCallKind];

/** A listener of a changed property. It gets no argument: the property is read. */
export type PropertyChangedEvent = (args?: any) => void;
/** A listener of added and removed items. */
export type CollectionUpdatedEvent<T> = (args: { added: T[]; removed: T[] }) => void;

/** Identifiers that the package takes. */
export type CallableIdentifier =
  | CommunicationUserIdentifier
  | PhoneNumberIdentifier
  | MicrosoftTeamsAppIdentifier
  | UnknownIdentifier;
/** Identifiers that the package returns. They carry `kind`. */
export type ReturnedIdentifier =
  | CommunicationUserKind
  | PhoneNumberKind
  | MicrosoftTeamsUserKind
  | MicrosoftTeamsAppKind
  | UnknownIdentifierKind;
export type { CommunicationIdentifier, CommunicationIdentifierKind, MicrosoftTeamsUserIdentifier };

/** What a rejected promise carries. */
export interface CommunicationServicesError extends Error {
  readonly code: number;
  readonly subCode: number;
  readonly resultCategories: string[];
}

/** Why a call ended. `code` is like SIP's, or 0. */
export interface CallEndReason {
  readonly code: number;
  readonly subCode?: number;
  readonly message?: string;
  readonly resultCategories?: string[];
}
