// A call.
import type {
  CommunicationIdentifier,
  CommunicationUserIdentifier,
  MicrosoftTeamsAppIdentifier,
  MicrosoftTeamsUserIdentifier,
  PhoneNumberIdentifier,
  UnknownIdentifier,
} from "@azure/communication-common";
import type { CallFeature, CallFeatureFactory } from "../features/feature";
import type { LocalAudioStream } from "../media/localaudiostream";
import type { LocalVideoStream } from "../media/localvideostream";
import type { AddPhoneNumberOptions, HangUpOptions, MediaConstraints } from "./options";
import type { CallerInfo, RemoteParticipant } from "./people";
import type { RemoteAudioStream } from "./streams";
import type { CallDirection, CallEndReason, CallKind, CallState, CollectionUpdatedEvent, DtmfTone, ParticipantRole, PropertyChangedEvent } from "./values";

export interface CallInfo {
  readonly groupId: string | undefined;
  readonly threadId: string | undefined;
  readonly roomId?: string;
  readonly participantId: string;
  /** The name of the call in the server's APIs, for example to record it. */
  getServerCallId(): Promise<string>;
  onCallInfoChanged(event: "callInfoChanged", listener: PropertyChangedEvent): void;
  offCallInfoChanged(event: "callInfoChanged", listener: PropertyChangedEvent): void;
}
export interface LobbyParticipantsUpdatedArgs {
  added: RemoteParticipant[];
  removed: RemoteParticipant[];
}
export interface AdmitAllOperationResult {
  successCount: number;
  failureCount: number;
}
export interface Lobby {
  readonly participants: ReadonlyArray<RemoteParticipant>;
  admit(identifiers: CommunicationIdentifier | CommunicationIdentifier[]): Promise<void>;
  reject(identifier: CommunicationIdentifier): Promise<void>;
  admitAll(): Promise<AdmitAllOperationResult>;
  on(event: "lobbyParticipantsUpdated", listener: CollectionUpdatedEvent<RemoteParticipant>): void;
  off(event: "lobbyParticipantsUpdated", listener: CollectionUpdatedEvent<RemoteParticipant>): void;
}
export type CallPropertyEvent =
  | "idChanged"
  | "stateChanged"
  | "callerInfoChanged"
  | "transferorInfoChanged"
  | "isMutedChanged"
  | "mutedByOthers"
  | "isIncomingAudioMutedChanged"
  | "isScreenSharingOnChanged"
  | "isLocalVideoStartedChanged"
  | "roleChanged";
export interface CallCommon {
  readonly kind: CallKind;
  readonly id: string;
  readonly state: CallState;
  readonly callEndReason?: CallEndReason;
  readonly direction: CallDirection;
  readonly callerInfo: CallerInfo;
  readonly transferorInfo?: CallerInfo;
  readonly isMuted: boolean;
  readonly isIncomingAudioMuted: boolean;
  readonly isScreenSharingOn: boolean;
  readonly isLocalVideoStarted: boolean;
  readonly localVideoStreams: ReadonlyArray<LocalVideoStream>;
  readonly localAudioStreams: ReadonlyArray<LocalAudioStream>;
  readonly remoteAudioStreams: ReadonlyArray<RemoteAudioStream>;
  readonly remoteParticipants: ReadonlyArray<RemoteParticipant>;
  readonly role: ParticipantRole;
  readonly lobby: Lobby;
  hangUp(options?: HangUpOptions): Promise<void>;
  mute(): Promise<void>;
  unmute(): Promise<void>;
  muteAllRemoteParticipants(): Promise<void>;
  muteIncomingAudio(): Promise<void>;
  unmuteIncomingAudio(): Promise<void>;
  sendDtmf(dtmfTone: DtmfTone): Promise<void>;
  hold(): Promise<void>;
  resume(): Promise<void>;
  startVideo(localVideoStream: LocalVideoStream): Promise<void>;
  stopVideo(localVideoStream: LocalVideoStream): Promise<void>;
  startScreenSharing(localVideoStream?: LocalVideoStream): Promise<void>;
  stopScreenSharing(): Promise<void>;
  startAudio(localAudioStream: LocalAudioStream): Promise<void>;
  /** Sends the microphone again, in the place of a stream of the application. */
  stopAudio(): void;
  setConstraints(constraints: MediaConstraints): Promise<void>;
  feature<T extends CallFeature>(factory: CallFeatureFactory<T>): T;
  dispose(): void;
  on(event: CallPropertyEvent, listener: PropertyChangedEvent): void;
  on(event: "remoteParticipantsUpdated", listener: CollectionUpdatedEvent<RemoteParticipant>): void;
  on(event: "localVideoStreamsUpdated", listener: CollectionUpdatedEvent<LocalVideoStream>): void;
  on(event: "localAudioStreamsUpdated", listener: CollectionUpdatedEvent<LocalAudioStream>): void;
  on(event: "remoteAudioStreamsUpdated", listener: CollectionUpdatedEvent<RemoteAudioStream>): void;
  off(event: CallPropertyEvent, listener: PropertyChangedEvent): void;
  off(event: "remoteParticipantsUpdated", listener: CollectionUpdatedEvent<RemoteParticipant>): void;
  off(event: "localVideoStreamsUpdated", listener: CollectionUpdatedEvent<LocalVideoStream>): void;
  off(event: "localAudioStreamsUpdated", listener: CollectionUpdatedEvent<LocalAudioStream>): void;
  off(event: "remoteAudioStreamsUpdated", listener: CollectionUpdatedEvent<RemoteAudioStream>): void;
}
export interface Call extends CallCommon {
  readonly kind: "Call";
  readonly info: CallInfo;
  addParticipant(
    identifier: CommunicationUserIdentifier | MicrosoftTeamsUserIdentifier | MicrosoftTeamsAppIdentifier | UnknownIdentifier,
    options?: Pick<AddPhoneNumberOptions, "customContext">,
  ): RemoteParticipant;
  addParticipant(identifier: PhoneNumberIdentifier, options?: AddPhoneNumberOptions): RemoteParticipant;
  removeParticipant(identifier: CommunicationIdentifier): Promise<void>;
}
