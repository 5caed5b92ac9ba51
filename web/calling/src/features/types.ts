// The types of the features of calls, clients and streams.
import type { CommunicationIdentifier, CommunicationIdentifierKind } from "@azure/communication-common";
import type {
  Call,
  CallFeature,
  CallClientFeature,
  CollectionUpdatedEvent,
  CustomContext,
  ParticipantInfo,
  PropertyChangedEvent,
  StreamFeature,
  TeamsCall,
} from "../types";

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

// ---- captions, text, data ----

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
  priority: DataChannelPriority;
  reliability: DataChannelReliability;
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

// ---- quality ----

export interface OptimalVideoCountCallFeature extends CallFeature {
  readonly optimalVideoCount: number;
  readonly lastOvcChangeReason?: string;
  on(event: "optimalVideoCountChanged", listener: PropertyChangedEvent): void;
  off(event: "optimalVideoCountChanged", listener: PropertyChangedEvent): void;
}
/** How good something is. */
export enum DiagnosticQuality {
  Good = 1,
  Poor = 2,
  Bad = 3,
}
export type DiagnosticFlag = boolean;
export type DiagnosticValueType = "DiagnosticQuality" | "DiagnosticFlag";
export interface LatestDiagnosticValue {
  value: DiagnosticQuality | DiagnosticFlag;
  valueType: DiagnosticValueType;
}
export type NetworkDiagnosticType =
  | "networkReconnect"
  | "networkReceiveQuality"
  | "networkSendQuality"
  | "noNetwork"
  | "networkRelaysNotReachable";
export type MediaDiagnosticType =
  | "speakingWhileMicrophoneIsMuted"
  | "noSpeakerDevicesEnumerated"
  | "noMicrophoneDevicesEnumerated"
  | "cameraFreeze"
  | "cameraStartFailed"
  | "cameraStartTimedOut"
  | "capturerStartFailed"
  | "microphoneNotFunctioning"
  | "microphoneMuteUnexpectedly"
  | "cameraStoppedUnexpectedly"
  | "capturerStoppedUnexpectedly"
  | "screenshareRecordingDisabled"
  | "microphonePermissionDenied"
  | "cameraPermissionDenied"
  | "microphoneNotMuteButSilent";
export type LatestNetworkDiagnostics = { [name in NetworkDiagnosticType]?: LatestDiagnosticValue };
export type LatestMediaDiagnostics = { [name in MediaDiagnosticType]?: LatestDiagnosticValue };
export interface NetworkDiagnosticChangedEventArgs extends LatestDiagnosticValue {
  diagnostic: NetworkDiagnosticType;
}
export interface MediaDiagnosticChangedEventArgs extends LatestDiagnosticValue {
  diagnostic: MediaDiagnosticType;
}
export interface NetworkDiagnostics {
  getLatest(): LatestNetworkDiagnostics;
  on(event: "diagnosticChanged", listener: (args: NetworkDiagnosticChangedEventArgs) => void): void;
  off(event: "diagnosticChanged", listener: (args: NetworkDiagnosticChangedEventArgs) => void): void;
}
export interface MediaDiagnostics {
  getLatest(): LatestMediaDiagnostics;
  on(event: "diagnosticChanged", listener: (args: MediaDiagnosticChangedEventArgs) => void): void;
  off(event: "diagnosticChanged", listener: (args: MediaDiagnosticChangedEventArgs) => void): void;
}
export interface RemoteDiagnostic extends LatestDiagnosticValue {
  participantId: string;
  rawId: string;
  remoteParticipant?: unknown;
  diagnostic: NetworkDiagnosticType | MediaDiagnosticType | "serverConnection";
}
export interface RemoteParticipantDiagnosticsData {
  diagnostics: RemoteDiagnostic[];
}
export interface RemoteDiagnostics {
  readonly isSendingDiagnosticsEnabled: boolean;
  startSendingDiagnostics(): void;
  stopSendingDiagnostics(): void;
  getLatest(): RemoteParticipantDiagnosticsData;
  on(event: "diagnosticChanged", listener: (args: RemoteParticipantDiagnosticsData) => void): void;
  off(event: "diagnosticChanged", listener: (args: RemoteParticipantDiagnosticsData) => void): void;
}
export interface UserFacingDiagnosticsFeature extends CallFeature {
  readonly network: NetworkDiagnostics;
  readonly media: MediaDiagnostics;
  readonly remote: RemoteDiagnostics;
}
export interface MediaStatsCollectorOptions {
  /** Seconds of a summary's step; 10 if absent. */
  aggregationInterval?: number;
  /** Steps of a summary; 6 if absent. */
  dataPointsPerAggregation?: number;
}
export interface MediaStatsItem {
  id: string;
  codecName?: string;
  bitrate?: number;
  jitterInMs?: number;
  packets?: number;
  packetsPerSecond?: number;
  packetsLost?: number;
  packetsLostPerSecond?: number;
  rttInMs?: number;
  transportId?: string;
  audioInputLevel?: number;
  audioOutputLevel?: number;
  jitterBufferDelayInMs?: number;
  healedRatio?: number;
  streamId?: number;
  [measure: string]: unknown;
}
export interface MediaStatsDirections<T> {
  send: T[];
  receive: T[];
}
export interface MediaStatsTransport {
  id: string;
  rttInMs?: number;
  availableIncomingBitrate?: number;
  availableOutgoingBitrate?: number;
}
export interface MediaStatsReportSample {
  audio: MediaStatsDirections<MediaStatsItem>;
  video: MediaStatsDirections<MediaStatsItem>;
  screenShare: MediaStatsDirections<MediaStatsItem>;
  transports: MediaStatsTransport[];
}
export interface MediaStatsAggregation {
  count: number[];
  sum: number[];
  min: number[];
  max: number[];
}
export interface MediaStatsSeries {
  raw: unknown[];
  timestamp: Date[];
  aggregation?: MediaStatsAggregation;
}
export type MediaStatsSummaryItem = { [measure: string]: MediaStatsSeries };
export interface MediaStatsReportSummary {
  audio: MediaStatsDirections<MediaStatsSummaryItem>;
  video: MediaStatsDirections<MediaStatsSummaryItem>;
  screenShare: MediaStatsDirections<MediaStatsSummaryItem>;
  transports: MediaStatsSummaryItem[];
}
export interface MediaStatsCollector {
  dispose(): void;
  on(event: "sampleReported", listener: (args: MediaStatsReportSample) => void): void;
  on(event: "summaryReported", listener: (args: MediaStatsReportSummary) => void): void;
  off(event: "sampleReported", listener: (args: MediaStatsReportSample) => void): void;
  off(event: "summaryReported", listener: (args: MediaStatsReportSummary) => void): void;
}
export interface MediaStatsCallFeature extends CallFeature {
  createCollector(options?: MediaStatsCollectorOptions): MediaStatsCollector;
}
export interface CallSurveyRatingScale {
  lowerBound?: number;
  upperBound?: number;
  lowScoreThreshold?: number;
}
export interface CallSurveyRating<Issue extends string = string> {
  score: number;
  issues?: Issue[];
  scale?: CallSurveyRatingScale;
}
export interface CallSurvey {
  overallRating?: CallSurveyRating;
  audioRating?: CallSurveyRating;
  videoRating?: CallSurveyRating;
  screenshareRating?: CallSurveyRating;
}
export interface CallSurveyResponse extends CallSurvey {
  readonly id: string;
  readonly callId: string;
  readonly localParticipantId: string;
}
export interface CallSurveyFeature extends CallFeature {
  submitSurvey(survey: CallSurvey): Promise<CallSurveyResponse>;
}

// ---- effects of streams ----

export type VideoEffectName = string;
export type AudioEffectName = string;
export interface VideoEffect {
  readonly name: VideoEffectName;
}
export interface AudioEffect {
  readonly name: AudioEffectName;
}
export interface BackgroundBlurConfig {
  blurLevel?: number;
}
export interface BackgroundReplacementConfig {
  backgroundImageUrl: string;
}
export interface BackgroundBlurEffect extends VideoEffect {
  configure?(config: BackgroundBlurConfig): Promise<void>;
}
export interface BackgroundReplacementEffect extends VideoEffect {
  configure(config: BackgroundReplacementConfig): Promise<void>;
}
export interface VideoEffectErrorPayload {
  name: string;
  code: number;
  message: string;
}
export interface VideoEffectsFeature extends StreamFeature {
  readonly activeEffects: VideoEffectName[];
  isSupported(effect: VideoEffect): Promise<boolean>;
  startEffects(effect: VideoEffect): Promise<void>;
  stopEffects(): Promise<void>;
  on(event: "effectsStarted" | "effectsStopped", listener: (activeEffects: VideoEffectName[]) => void): void;
  on(event: "effectsError", listener: (error: VideoEffectErrorPayload) => void): void;
  off(event: "effectsStarted" | "effectsStopped", listener: (activeEffects: VideoEffectName[]) => void): void;
  off(event: "effectsError", listener: (error: VideoEffectErrorPayload) => void): void;
}
export interface AudioEffectsStartConfig {
  autoGainControl?: AudioEffect | AudioEffectName;
  echoCancellation?: AudioEffect | AudioEffectName;
  noiseSuppression?: AudioEffect | AudioEffectName;
}
export interface AudioEffectsStopConfig {
  autoGainControl?: boolean;
  echoCancellation?: boolean;
  noiseSuppression?: boolean;
}
export interface ActiveAudioEffects {
  autoGainControl?: AudioEffectName[];
  echoCancellation?: AudioEffectName[];
  noiseSuppression?: AudioEffectName[];
}
export interface AudioEffectErrorPayload {
  code: number;
  message: string;
}
export interface AudioEffectsFeature extends StreamFeature {
  readonly activeEffects: ActiveAudioEffects;
  isSupported(effect: AudioEffect | AudioEffectName): Promise<boolean>;
  startEffects(config: AudioEffectsStartConfig): Promise<void>;
  stopEffects(config: AudioEffectsStopConfig): Promise<void>;
  on(event: "effectsStarted" | "effectsStopped", listener: (effects: ActiveAudioEffects) => void): void;
  on(event: "effectsError", listener: (error: AudioEffectErrorPayload) => void): void;
  off(event: "effectsStarted" | "effectsStopped", listener: (effects: ActiveAudioEffects) => void): void;
  off(event: "effectsError", listener: (error: AudioEffectErrorPayload) => void): void;
}

// ---- of Teams only: the types that others import ----

export type BreakoutRoomState = "open" | "closed";
export interface BreakoutRoom {
  readonly displayName: string;
  readonly state: BreakoutRoomState;
  readonly threadId?: string;
  readonly invitees: ReadonlyArray<CommunicationIdentifierKind>;
  readonly autoMoveParticipantToBreakoutRoom: boolean;
  readonly call?: Call | TeamsCall;
  join(): Promise<Call | TeamsCall>;
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
  readonly assignedBreakoutRoom?: BreakoutRoom;
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
  readonly togetherModeStream: ReadonlyArray<import("../types").RemoteVideoStream>;
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
