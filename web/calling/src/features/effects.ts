// Effects of streams. The browser's own echo cancellation and noise
// suppression are always on; there are no others.
import { Emitter } from "../emitter";
import { unsupported } from "../errors";
import type { AudioEffectsFeature, VideoEffectsFeature } from "./types";

export function videoEffects(): VideoEffectsFeature {
  const events = new Emitter<{ effectsStarted: void }>();
  return {
    name: "VideoEffects",
    activeEffects: [],
    isSupported: async () => false,
    startEffects: () => Promise.reject(unsupported("this video effect")),
    stopEffects: async () => {},
    dispose: () => {},
    on: events.on as VideoEffectsFeature["on"],
    off: events.off as VideoEffectsFeature["off"],
  };
}

export function audioEffects(): AudioEffectsFeature {
  const events = new Emitter<{ effectsStarted: void }>();
  return {
    name: "AudioEffects",
    activeEffects: { echoCancellation: [], noiseSuppression: [] },
    isSupported: async () => false,
    startEffects: () => Promise.reject(unsupported("this audio effect")),
    stopEffects: async () => {},
    dispose: () => {},
    on: events.on as AudioEffectsFeature["on"],
    off: events.off as AudioEffectsFeature["off"],
  };
}
