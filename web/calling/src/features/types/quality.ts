// Features that tell how a call sounds and looks: their types.
import type { CallFeature } from "../feature";
import type { PropertyChangedEvent, RemoteParticipant } from "../../types";

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
  remoteParticipant?: RemoteParticipant;
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
export interface SubmitSurveyOptions {}
export interface CallSurveyFeature extends CallFeature {
  /** There are no options. */
  submitSurvey(survey: CallSurvey, options?: SubmitSurveyOptions): Promise<CallSurveyResponse>;
}
