// The public types of the package. Applications see nothing else; the classes
// that they construct are declared in their own files and exported by index.ts.
import type {
  CommunicationIdentifier,
  CommunicationIdentifierKind,
  CommunicationUserIdentifier,
  MicrosoftTeamsAppIdentifier,
  MicrosoftTeamsUserIdentifier,
  PhoneNumberIdentifier,
  UnknownIdentifier,
} from "@azure/communication-common";
import type { CallAgentFeature, CallAgentFeatureFactory, CallFeature, CallFeatureFactory } from "./features/feature";
import type { LocalAudioStream } from "./media/localaudiostream";
import type { LocalVideoStream } from "./media/localvideostream";
import type {
  AcceptCallOptions,
  AddPhoneNumberOptions,
  CustomContext,
  DeviceAccess,
  GroupCallLocator,
  HangUpOptions,
  JoinCallOptions,
  MediaConstraints,
  PermissionConstraints,
  RoomCallLocator,
  StartCallOptions,
  TeamsMeetingIdLocator,
  TeamsMeetingLinkLocator,
} from "./options";
import type {
  AudioDeviceType,
  AudioMediaStreamType,
  CallDirection,
  CallEndReason,
  CallState,
  CallableIdentifier,
  CollectionUpdatedEvent,
  ConnectionState,
  DtmfTone,
  MediaStreamType,
  ParticipantRole,
  PropertyChangedEvent,
  RemoteParticipantState,
  ScalingMode,
  VideoDeviceType,
} from "./values";
export * from "./features/feature";
export * from "./options";
export * from "./values";
export * from "./teams";

// ---- devices ----

export interface VideoDeviceInfo {
  readonly id: string;
  readonly name: string;
  readonly deviceType: VideoDeviceType;
}
export interface AudioDeviceInfo {
  readonly id: string;
  readonly name: string;
  readonly isSystemDefault: boolean;
  readonly deviceType: AudioDeviceType;
}
export interface DeviceManager {
  readonly isSpeakerSelectionAvailable: boolean;
  readonly selectedMicrophone?: AudioDeviceInfo;
  readonly selectedSpeaker?: AudioDeviceInfo;
  getCameras(): Promise<VideoDeviceInfo[]>;
  getMicrophones(): Promise<AudioDeviceInfo[]>;
  getSpeakers(): Promise<AudioDeviceInfo[]>;
  selectMicrophone(microphoneDevice: AudioDeviceInfo): Promise<void>;
  selectSpeaker(speakerDevice: AudioDeviceInfo): Promise<void>;
  askDevicePermission(permissionConstraints: PermissionConstraints): Promise<DeviceAccess>;
  startPreheatDevices(): void;
  stopPreheatDevices(): void;
  on(event: "videoDevicesUpdated", listener: CollectionUpdatedEvent<VideoDeviceInfo>): void;
  on(event: "audioDevicesUpdated", listener: CollectionUpdatedEvent<AudioDeviceInfo>): void;
  on(event: "selectedMicrophoneChanged" | "selectedSpeakerChanged", listener: PropertyChangedEvent): void;
  off(event: "videoDevicesUpdated", listener: CollectionUpdatedEvent<VideoDeviceInfo>): void;
  off(event: "audioDevicesUpdated", listener: CollectionUpdatedEvent<AudioDeviceInfo>): void;
  off(event: "selectedMicrophoneChanged" | "selectedSpeakerChanged", listener: PropertyChangedEvent): void;
}

// ---- streams ----

export interface StreamSize {
  readonly width: number;
  readonly height: number;
}
export interface LocalVideoStreamOptions {
  autoDisposeOnCallEnd?: boolean;
}
export interface LocalAudioStreamOptions {
  autoDisposeOnCallEnd?: boolean;
}
/** A loudness from 0 to 100. */
export interface Volume {
  readonly level: number;
  on(event: "levelChanged", listener: PropertyChangedEvent): void;
  off(event: "levelChanged", listener: PropertyChangedEvent): void;
}
export interface RemoteAudioStream {
  readonly mediaStreamType: AudioMediaStreamType;
  getMediaStream(): Promise<MediaStream>;
  getVolume(): Promise<Volume>;
}
export interface RemoteVideoStream {
  readonly id: number;
  readonly mediaStreamType: MediaStreamType;
  readonly isAvailable: boolean;
  readonly isReceiving: boolean;
  readonly size: StreamSize;
  getMediaStream(): Promise<MediaStream>;
  on(event: "isAvailableChanged" | "isReceivingChanged" | "sizeChanged", listener: PropertyChangedEvent): void;
  off(event: "isAvailableChanged" | "isReceivingChanged" | "sizeChanged", listener: PropertyChangedEvent): void;
}
export interface VideoStreamRendererView {
  readonly target: HTMLElement;
  readonly scalingMode: ScalingMode;
  readonly isMirrored: boolean;
  updateScalingMode(scalingMode: ScalingMode): Promise<void>;
  dispose(): void;
}

// ---- people ----

export interface CallerInfo {
  readonly identifier?: CommunicationIdentifierKind;
  readonly displayName?: string;
}
export interface ParticipantInfo {
  readonly identifier: CommunicationIdentifierKind;
  readonly displayName?: string;
}
export interface EndpointDetails {
  readonly participantId: string;
}
export interface DisplayNameChangedEventArgs {
  newValue?: string;
  oldValue?: string;
  reason?: string;
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

// ---- calls ----

export interface CallInfo {
  readonly groupId?: string;
  readonly threadId?: string;
  readonly roomId?: string;
  readonly participantId: string;
  /** The name of the call in the server's APIs, for example to record it. */
  getServerCallId(): Promise<string>;
  onCallInfoChanged?(listener: PropertyChangedEvent): void;
  offCallInfoChanged?(listener: PropertyChangedEvent): void;
}
export interface LobbyParticipantsUpdatedArgs {
  added: RemoteParticipant[];
  removed: RemoteParticipant[];
}
export interface Lobby {
  readonly participants: ReadonlyArray<RemoteParticipant>;
  admit(identifiers: CommunicationIdentifier[]): Promise<void>;
  reject(identifier: CommunicationIdentifier): Promise<void>;
  admitAll(): Promise<void>;
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
export interface IncomingCallCommon {
  readonly id: string;
  readonly callerInfo: CallerInfo;
  readonly transferorInfo?: CallerInfo;
  readonly customContext?: CustomContext;
  readonly callEndReason?: CallEndReason;
  reject(): Promise<void>;
  on(event: "callEnded", listener: (args: { callEndReason: CallEndReason }) => void): void;
  on(event: "callerInfoChanged" | "transferorInfoChanged", listener: PropertyChangedEvent): void;
  off(event: "callEnded", listener: (args: { callEndReason: CallEndReason }) => void): void;
  off(event: "callerInfoChanged" | "transferorInfoChanged", listener: PropertyChangedEvent): void;
}
export interface IncomingCall extends IncomingCallCommon {
  readonly kind: "IncomingCall";
  readonly info: CallInfo;
  accept(options?: AcceptCallOptions): Promise<Call>;
}
export interface ConnectionStateChangedEventArgs {
  oldValue: ConnectionState;
  newValue: ConnectionState;
  reason?: "invalidToken" | "connectionIssue";
}
export interface HandleIncomingCallEventArgs {
  callId: string;
  participantId: string;
  code: number;
  subCode?: number;
}
export interface CallAgentCommon {
  readonly connectionState: ConnectionState;
  dispose(): Promise<void>;
  feature<T extends CallAgentFeature>(factory: CallAgentFeatureFactory<T>): T;
}
export interface CallAgent extends CallAgentCommon {
  readonly kind: "CallAgent";
  readonly calls: ReadonlyArray<Call>;
  readonly displayName?: string;
  startCall(participants: CallableIdentifier[], options?: StartCallOptions): Call;
  join(locator: GroupCallLocator | RoomCallLocator, options?: JoinCallOptions): Call;
  join(locator: TeamsMeetingLinkLocator | TeamsMeetingIdLocator, options?: JoinCallOptions): Call;
  on(event: "incomingCall", listener: (args: { incomingCall: IncomingCall }) => void): void;
  on(event: "callsUpdated", listener: CollectionUpdatedEvent<Call>): void;
  on(event: "connectionStateChanged", listener: (args: ConnectionStateChangedEventArgs) => void): void;
  on(event: "handleIncomingCall", listener: (args: HandleIncomingCallEventArgs) => void): void;
  off(event: "incomingCall", listener: (args: { incomingCall: IncomingCall }) => void): void;
  off(event: "callsUpdated", listener: CollectionUpdatedEvent<Call>): void;
  off(event: "connectionStateChanged", listener: (args: ConnectionStateChangedEventArgs) => void): void;
  off(event: "handleIncomingCall", listener: (args: HandleIncomingCallEventArgs) => void): void;
}
