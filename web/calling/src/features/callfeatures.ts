// The features of a call. `feature(X)` gives the same object each time; one
// that this package does not know, or that only Teams has, is inert: it never throws.
import type { CallCore } from "../calls/call";
import { Emitter } from "../emitter";
import type { CallFeature, CallFeatureFactory } from "../types";
import { breakoutRooms, mediaAccess, pptLive, teamsAudioConferencing, togetherMode } from "./absent";
import { capabilities } from "./capabilities";
import { captions } from "./captions";
import { dataChannel } from "./datachannel";
import { diagnostics } from "./diagnostics";
import { dominantSpeakers } from "./dominantspeakers";
import { mediaStats } from "./mediastats";
import { raiseHand, reaction, spotlight } from "./meeting";
import { optimalVideoCount } from "./optimalvideocount";
import { realTimeText } from "./realtimetext";
import { recording, transcription } from "./recording";
import { survey } from "./survey";
import { transfer } from "./transfer";

const MAKERS: Record<string, (call: CallCore) => object> = {
  BreakoutRooms: breakoutRooms,
  CallSurvey: survey,
  Capabilities: capabilities,
  Captions: captions,
  DataChannel: dataChannel,
  DominantSpeakers: dominantSpeakers,
  MediaAccess: mediaAccess,
  MediaStats: mediaStats,
  OptimalVideoCount: optimalVideoCount,
  PPTLive: pptLive,
  RaiseHand: raiseHand,
  Reaction: reaction,
  RealTimeText: realTimeText,
  Recording: recording,
  Spotlight: spotlight,
  TeamsMeetingAudioConferencing: teamsAudioConferencing,
  TogetherMode: togetherMode,
  Transcription: transcription,
  Transfer: transfer,
  UserFacingDiagnostics: diagnostics,
};

/** What a call has to keep up while nobody has asked for it, so that it is right when somebody does. */
const ALWAYS = ["Capabilities", "Recording", "Transcription", "RaiseHand", "Spotlight", "DominantSpeakers", "OptimalVideoCount", "UserFacingDiagnostics"];

const made = new WeakMap<CallCore, Map<string, object>>();

/** Begins the features that follow the call from its start. */
export function beginFeatures(call: CallCore): void {
  for (const name of ALWAYS) find(call, name);
}

export function callFeature<T extends CallFeature>(call: CallCore, factory: CallFeatureFactory<T>): T {
  return find(call, factory?.featureName ?? "Unknown") as T;
}

function find(call: CallCore, name: string): object {
  let all = made.get(call);
  if (!all) made.set(call, (all = new Map()));
  let found = all.get(name);
  if (!found) {
    const events = new Emitter<Record<string, unknown>>();
    const own = MAKERS[name]?.(call) ?? {};
    // Every feature has these; its own come first.
    found = Object.defineProperties({ name, on: events.on, off: events.off, dispose: () => {} }, Object.getOwnPropertyDescriptors(own));
    all.set(name, found);
  }
  return found;
}
