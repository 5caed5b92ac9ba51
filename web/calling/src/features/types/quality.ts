// Features that tell how a call sounds and looks: their types.
import type { CallFeature } from "../feature";
import type { PropertyChangedEvent } from "../../types";

export type OvcChangeReason = "bandwidth" | "performance" | "externalLimit" | "unknown";
export interface OptimalVideoCountCallFeature extends CallFeature {
  readonly optimalVideoCount: number;
  readonly lastOvcChangeReason: OvcChangeReason;
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
export type OverallIssue = "CallCannotJoin" | "CallCannotInvite" | "HadToRejoin" | "CallEndedUnexpectedly" | "OtherIssues";
export type AudioIssue = "NoLocalAudio" | "NoRemoteAudio" | "Echo" | "AudioNoise" | "LowVolume" | "AudioStoppedUnexpectedly" | "DistortedSpeech" | "AudioInterruption" | "OtherIssues";
export type VideoIssue = "NoVideoReceived" | "NoVideoSent" | "LowQuality" | "Freezes" | "StoppedUnexpectedly" | "DarkVideoReceived" | "AudioVideoOutOfSync" | "OtherIssues";
export type ScreenshareIssue = "NoContentLocal" | "NoContentRemote" | "CannotPresent" | "LowQuality" | "Freezes" | "StoppedUnexpectedly" | "LargeDelay" | "OtherIssues";
export interface CallSurvey {
  overallRating?: CallSurveyRating<OverallIssue>;
  audioRating?: CallSurveyRating<AudioIssue>;
  videoRating?: CallSurveyRating<VideoIssue>;
  screenshareRating?: CallSurveyRating<ScreenshareIssue>;
}
export interface CallSurveyResponse extends CallSurvey {
  readonly id: string;
  readonly callId: string;
  readonly localParticipantId: string;
}
export interface CallSurveyFeature extends CallFeature {
  submitSurvey(survey: CallSurvey): Promise<CallSurveyResponse>;
}
