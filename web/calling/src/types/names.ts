// Names of types that pages import, beside those that the package itself uses: other names of the same,
// and what listeners take.
import type { CapabilitiesChangeInfo, DataChannelReceiver, MediaStatsReportSample, MediaStatsReportSummary, RaisedHandChangedEvent, ReactionEventPayload, RealTimeTextInfo, TransferEventArgs } from "../features/types";
import type { ConnectionStateChangedEventArgs, HandleIncomingCallEventArgs, IncomingCall } from "./agent";
import type { CallEndReason } from "./values";
import type { LocalAudioStream } from "../media/localaudiostream";
import type { LocalVideoStream } from "../media/localvideostream";

export type { Feature as BaseFeature, StreamFeature as AudioStreamFeature, StreamFeature as VideoStreamFeature } from "../features/feature";
export type { StreamFeatureFactory as AudioStreamFeatureFactory, StreamFeatureFactory as VideoStreamFeatureFactory } from "../features/feature";
export type { CallInfo as CallInfoCommon } from "./call";
export type { RemoteVideoStream as RemoteVideoStreamCommon } from "./streams";
export type { CallNetworkConfiguration as NetworkConfiguration, CustomContext as CustomContextOptions, CustomHeader as xHeader, GroupCallLocator as GroupLocator, MediaConstraints as CallConstraints, RoomCallLocator as RoomLocator } from "./options";
export type { DebugInfoFeature as DebugInfoCallClientFeature } from "../features/types";
export type { DataChannelSenderOptions as DataChannelSenderOpenOptions, RealTimeTextCallFeature as RealTimeTextFeature } from "../features/types";
export type { CallSurveyRating as CallRating, CallSurveyRatingScale as RatingScale } from "../features/types";
export type { MeetingMediaAccess as BaseMediaAccess, ParticipantMediaAccess as MediaAccess } from "../features/types";
export type { LatestDiagnosticValue as DiagnosticChangedEventArgs } from "../features/types";
export type { TransferToParticipantOptions as TransferToCallOptions } from "../features/types";

export type AudioSourceChangedEvent = (args: { source: LocalAudioStream }) => void;
export type CallEndedEvent = (args: { callEndReason: CallEndReason }) => void;
export type CapabilitiesChangeHandler = (args: CapabilitiesChangeInfo) => void;
export type ConnectionStateChangedEvent = (args: ConnectionStateChangedEventArgs) => void;
export type DataChannelReceiverCloseEvent = () => void;
export type DataChannelReceiverCreatedEvent = (receiver: DataChannelReceiver) => void;
export type DataChannelReceiverMessageReadyEvent = () => void;
export type HandleIncomingCallEvent = (args: HandleIncomingCallEventArgs) => void;
export type IncomingCallEvent = (args: { incomingCall: IncomingCall }) => void;
export type LoweredHandListener = (args: RaisedHandChangedEvent) => void;
export type MediaStatsReportSampleEvent = (args: MediaStatsReportSample) => void;
export type MediaStatsReportSummaryEvent = (args: MediaStatsReportSummary) => void;
export type PropertyChangedEventWithArgs<Value, Reason = void> = (args: { newValue?: Value; oldValue?: Value; reason?: Reason }) => void;
export type ReactionListener = (args: ReactionEventPayload) => void;
export type RealTimeTextReceivedEventHandler = (args: RealTimeTextInfo) => void;
export type TransferAcceptedEvent = (args: TransferEventArgs) => void;
export type VideoSourceChangedEvent = (args: { source: LocalVideoStream }) => void;
