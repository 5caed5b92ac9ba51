// The public types of the package. Applications see nothing else; the classes
// that they construct are declared in their own files and exported by index.ts.
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
import type { LocalVideoStream } from "./media/localvideostream";
import type { LocalAudioStream } from "./media/localaudiostream";

// ---- states and small unions ----

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
export type MediaStreamType = "Video" | "ScreenSharing" | "RawMedia";
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

// ---- options ----

export interface DiagnosticOptions {
  appName?: string;
  appVersion?: string;
  tags?: string[];
}
export interface ProxyConfiguration {
  url: string;
}
export interface IceServer {
  urls: string[];
  username?: string;
  credential?: string;
}
export interface TurnConfiguration {
  iceServers: IceServer[];
}
export interface CallNetworkConfiguration {
  proxy?: ProxyConfiguration;
  turn?: TurnConfiguration;
}
/** What receives log lines. A logger of `@azure/logger` is one. */
export interface CallLogger {
  error(...args: any[]): void;
  warning(...args: any[]): void;
  info(...args: any[]): void;
  verbose(...args: any[]): void;
}
export interface CallClientOptions {
  logger?: CallLogger;
  diagnostics?: DiagnosticOptions;
  networkConfiguration?: CallNetworkConfiguration;
  /** The address of the server, such as `https://calls.example.com`. It overrides the address in the token. */
  endpoint?: string;
  /** False: the server is not told how the media of calls go, which whoever runs it sees in its console. */
  reportMedia?: boolean;
}
export interface EmergencyCallOptions {
  countryCode?: string;
}
export interface CallAgentOptions {
  displayName?: string;
  emergencyCallOptions?: EmergencyCallOptions;
}
export interface TeamsCallAgentOptions {
  emergencyCallOptions?: EmergencyCallOptions;
}
export interface MediaConstraintRange {
  max?: number;
  ideal?: number;
  exact?: number;
}
export interface VideoSendConstraints {
  frameHeight?: MediaConstraintRange;
  frameRate?: MediaConstraintRange;
  bitrate?: { max?: number };
}
export interface VideoConstraints {
  send?: VideoSendConstraints;
}
export interface MediaConstraints {
  video?: VideoConstraints;
}
export interface VideoOptions {
  localVideoStreams?: LocalVideoStream[];
  constraints?: VideoConstraints;
}
export interface AudioOptions {
  muted?: boolean;
  localAudioStreams?: LocalAudioStream[];
}
export interface AcceptCallOptions {
  videoOptions?: VideoOptions;
  audioOptions?: AudioOptions;
}
export interface JoinCallOptions {
  videoOptions?: VideoOptions;
  audioOptions?: AudioOptions;
}
export interface CustomHeader {
  key: string;
  value: string;
}
export interface CustomContext {
  userToUser?: string;
  sipHeaders?: CustomHeader[];
  voipHeaders?: CustomHeader[];
  /** @deprecated use sipHeaders */
  xHeaders?: CustomHeader[];
}
export interface StartCallOptions {
  videoOptions?: VideoOptions;
  audioOptions?: AudioOptions;
  /** The number that a called phone sees. A call to a phone number needs one that the resource owns. */
  alternateCallerId?: PhoneNumberIdentifier;
  customContext?: CustomContext;
  threadId?: string;
}
export interface AddPhoneNumberOptions {
  alternateCallerId?: PhoneNumberIdentifier;
  threadId?: string;
}
export interface HangUpOptions {
  forEveryone?: boolean;
}
export interface GroupCallLocator {
  groupId: string;
}
export interface RoomCallLocator {
  roomId: string;
}
export interface TeamsMeetingLinkLocator {
  meetingLink: string;
}
export interface TeamsMeetingIdLocator {
  meetingId: string;
  passcode?: string;
}
export interface CreateViewOptions {
  isMirrored?: boolean;
  scalingMode?: ScalingMode;
}
export interface PermissionConstraints {
  audio: boolean;
  video: boolean;
}
export interface DeviceAccess {
  audio: boolean;
  video: boolean;
}
/** The values of a device's permission. */
export const DevicePermissionAccess = { Granted: "Granted", Denied: "Denied", Prompt: "Prompt" } as const;
export type DevicePermissionAccess = (typeof DevicePermissionAccess)[keyof typeof DevicePermissionAccess];

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

// ---- Teams: the types that others import; nothing here makes one ----

export interface TeamsCallInfo {
  readonly threadId?: string;
  readonly participantId: string;
  getServerCallId(): Promise<string>;
}
export interface TeamsCall extends CallCommon {
  readonly kind: "TeamsCall";
  readonly info: TeamsCallInfo;
  addParticipant(identifier: CommunicationIdentifier, options?: AddPhoneNumberOptions): RemoteParticipant;
  removeParticipant(identifier: CommunicationIdentifier): Promise<void>;
}
export interface TeamsIncomingCall extends IncomingCallCommon {
  readonly kind: "TeamsIncomingCall";
  readonly info: TeamsCallInfo;
  accept(options?: AcceptCallOptions): Promise<TeamsCall>;
}
export interface TeamsCallAgent extends CallAgentCommon {
  readonly kind: "TeamsCallAgent";
  readonly calls: ReadonlyArray<TeamsCall>;
  startCall(participants: CommunicationIdentifier | CommunicationIdentifier[], options?: StartCallOptions): TeamsCall;
  join(locator: TeamsMeetingLinkLocator | TeamsMeetingIdLocator, options?: JoinCallOptions): TeamsCall;
  on(event: "incomingCall", listener: (args: { incomingCall: TeamsIncomingCall }) => void): void;
  on(event: "callsUpdated", listener: CollectionUpdatedEvent<TeamsCall>): void;
  on(event: "connectionStateChanged", listener: (args: ConnectionStateChangedEventArgs) => void): void;
  off(event: "incomingCall", listener: (args: { incomingCall: TeamsIncomingCall }) => void): void;
  off(event: "callsUpdated", listener: CollectionUpdatedEvent<TeamsCall>): void;
  off(event: "connectionStateChanged", listener: (args: ConnectionStateChangedEventArgs) => void): void;
}

// ---- how features are asked for ----

/** A feature of something. `feature(X)` returns the same object each time. */
export interface Feature {
  readonly name: string;
}
export interface CallFeature extends Feature {
  readonly featureOf?: "Call";
}
export interface CallClientFeature extends Feature {
  readonly featureOf?: "CallClient";
}
export interface CallAgentFeature extends Feature {
  readonly featureOf?: "CallAgent";
}
export interface StreamFeature extends Feature {
  readonly featureOf?: "Stream";
}
/** Names a feature; compared by identity. The type parameter is what `feature` returns. */
export interface FeatureFactory<T> {
  readonly featureName: string;
  /** Only for the compiler; undefined at run time. */
  readonly __type?: T;
}
export interface CallFeatureFactory<T extends CallFeature> extends FeatureFactory<T> {
  readonly on?: "Call";
}
export interface CallClientFeatureFactory<T extends CallClientFeature> extends FeatureFactory<T> {
  readonly on?: "CallClient";
}
export interface CallAgentFeatureFactory<T extends CallAgentFeature> extends FeatureFactory<T> {
  readonly on?: "CallAgent";
}
export interface StreamFeatureFactory<T extends StreamFeature> extends FeatureFactory<T> {
  readonly on?: "Stream";
}
