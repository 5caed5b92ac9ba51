// The names of features. `Features.X` is compared by identity.
import type { CallAgentFeature, CallAgentFeatureFactory, CallFeature, CallFeatureFactory, CallClientFeatureFactory, StreamFeatureFactory } from "../types";
import type {
  AudioEffectsFeature,
  BreakoutRoomsCallFeature,
  CallSurveyFeature,
  CapabilitiesFeature,
  CaptionsCallFeature,
  DataChannelCallFeature,
  DebugInfoFeature,
  DominantSpeakersCallFeature,
  InertCallFeature,
  MediaAccessCallFeature,
  MediaStatsCallFeature,
  OptimalVideoCountCallFeature,
  PPTLiveCallFeature,
  RaiseHandCallFeature,
  ReactionCallFeature,
  RealTimeTextCallFeature,
  RecordingCallFeature,
  SpotlightCallFeature,
  TeamsMeetingAudioConferencingFeature,
  TogetherModeCallFeature,
  TranscriptionCallFeature,
  TransferCallFeature,
  UserFacingDiagnosticsFeature,
  VideoEffectsFeature,
} from "./types";

function call<T extends CallFeature>(featureName: string): CallFeatureFactory<T> {
  return { featureName };
}
function agent(featureName: string): CallAgentFeatureFactory<CallAgentFeature> {
  return { featureName };
}

export const Features = {
  ActiveCallTransfer: agent("ActiveCallTransfer"),
  AudioEffects: { featureName: "AudioEffects" } as StreamFeatureFactory<AudioEffectsFeature>,
  BreakoutRooms: call<BreakoutRoomsCallFeature>("BreakoutRooms"),
  CallSurvey: call<CallSurveyFeature>("CallSurvey"),
  Capabilities: call<CapabilitiesFeature>("Capabilities"),
  Captions: call<CaptionsCallFeature>("Captions"),
  DataChannel: call<DataChannelCallFeature>("DataChannel"),
  DebugInfo: { featureName: "DebugInfo" } as CallClientFeatureFactory<DebugInfoFeature>,
  DominantSpeakers: call<DominantSpeakersCallFeature>("DominantSpeakers"),
  LocalRecording: call<InertCallFeature>("LocalRecording"),
  MediaAccess: call<MediaAccessCallFeature>("MediaAccess"),
  MediaStats: call<MediaStatsCallFeature>("MediaStats"),
  OptimalVideoCount: call<OptimalVideoCountCallFeature>("OptimalVideoCount"),
  PPTLive: call<PPTLiveCallFeature>("PPTLive"),
  RaiseHand: call<RaiseHandCallFeature>("RaiseHand"),
  Reaction: call<ReactionCallFeature>("Reaction"),
  RealTimeText: call<RealTimeTextCallFeature>("RealTimeText"),
  Recording: call<RecordingCallFeature>("Recording"),
  Spotlight: call<SpotlightCallFeature>("Spotlight"),
  TeamsMeetingAudioConferencing: call<TeamsMeetingAudioConferencingFeature>("TeamsMeetingAudioConferencing"),
  TogetherMode: call<TogetherModeCallFeature>("TogetherMode"),
  Transcription: call<TranscriptionCallFeature>("Transcription"),
  Transfer: call<TransferCallFeature>("Transfer"),
  UserFacingDiagnostics: call<UserFacingDiagnosticsFeature>("UserFacingDiagnostics"),
  VideoEffects: { featureName: "VideoEffects" } as StreamFeatureFactory<VideoEffectsFeature>,
} as const;
