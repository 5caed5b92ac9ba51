// People in a call.
import type { CommunicationIdentifierKind } from "@azure/communication-common";
import type { RemoteVideoStream } from "./streams";
import type { CallEndReason, CollectionUpdatedEvent, ParticipantRole, PropertyChangedEvent, RemoteParticipantState } from "./values";

export interface CallerInfo {
  readonly identifier?: CommunicationIdentifierKind;
  readonly displayName?: string;
}
export interface EndpointDetails {
  readonly participantId: string;
}
export interface ParticipantInfo {
  readonly identifier: CommunicationIdentifierKind;
  readonly displayName?: string;
  readonly hasDisplayNameChanged?: boolean;
  readonly endpointDetails: EndpointDetails[];
}
export type DisplayNameChangedReason = "editedDisplayName";
export interface DisplayNameChangedEventArgs {
  newValue?: string;
  oldValue?: string;
  reason?: DisplayNameChangedReason;
}
export interface RemoteParticipant {
  readonly identifier: CommunicationIdentifierKind;
  readonly displayName?: string;
  readonly hasDisplayNameChanged?: boolean;
  readonly endpointDetails: EndpointDetails[];
  readonly state: RemoteParticipantState;
  readonly callEndReason?: CallEndReason;
  readonly videoStreams: ReadonlyArray<RemoteVideoStream>;
  readonly isMuted: boolean;
  readonly isSpeaking: boolean;
  readonly role: ParticipantRole;
  mute(): Promise<void>;
  on(event: "stateChanged" | "isMutedChanged" | "isSpeakingChanged" | "roleChanged", listener: PropertyChangedEvent): void;
  on(event: "displayNameChanged", listener: (args?: DisplayNameChangedEventArgs) => void): void;
  on(event: "videoStreamsUpdated", listener: CollectionUpdatedEvent<RemoteVideoStream>): void;
  off(event: "stateChanged" | "isMutedChanged" | "isSpeakingChanged" | "roleChanged", listener: PropertyChangedEvent): void;
  off(event: "displayNameChanged", listener: (args?: DisplayNameChangedEventArgs) => void): void;
  off(event: "videoStreamsUpdated", listener: CollectionUpdatedEvent<RemoteVideoStream>): void;
}
