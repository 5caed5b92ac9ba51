// Whether the call is recorded or transcribed. Only applications begin and end either.
import type { CallCore } from "../calls/call";
import { Emitter } from "../emitter";
import type { Made } from "./made";
import { RecordingState, type RecordingCallFeature, type RecordingInfo, type TranscriptionCallFeature } from "./types";

interface Kept {
  info: RecordingInfo;
  move(state: RecordingState): void;
}

const STATES: Record<string, RecordingState> = { active: RecordingState.Started, paused: RecordingState.Paused, inactive: RecordingState.Ended };

export function recording(call: CallCore): Made<RecordingCallFeature> {
  const events = new Emitter<{ isRecordingActiveChanged: void; recordingsUpdated: { added: RecordingInfo[]; removed: RecordingInfo[] } }>();
  const kept = new Map<string, Kept>();
  let list: RecordingInfo[] = [];
  let active = false;
  call.inner.on("message", (message) => {
    if (message.t !== "recording") return;
    take(message.recordings ?? []);
  });
  call.inner.on("over", () => take([]));

  function take(said: { id: string; state: string }[]): void {
    const added: RecordingInfo[] = [];
    const removed: RecordingInfo[] = [];
    for (const { id, state } of said) {
      let one = kept.get(id);
      if (!one) {
        kept.set(id, (one = make()));
        added.push(one.info);
      }
      one.move(STATES[state] ?? RecordingState.None);
    }
    for (const [id, one] of kept) {
      if (said.some((still) => still.id === id)) continue;
      one.move(RecordingState.Ended);
      kept.delete(id);
      removed.push(one.info);
    }
    list = [...kept.values()].map((one) => one.info);
    if (added.length + removed.length > 0) events.emit("recordingsUpdated", { added, removed });
    const now = list.some((one) => one.state === RecordingState.Started);
    if (now === active) return;
    active = now;
    events.emit("isRecordingActiveChanged");
  }

  return {
    name: "Recording",
    get isRecordingActive() {
      return active;
    },
    get recordings() {
      return list;
    },
    isTeamsConsentRequired: false,
    grantTeamsConsent: async () => {},
    on: events.on as RecordingCallFeature["on"],
    off: events.off as RecordingCallFeature["off"],
  };
}

function make(): Kept {
  const events = new Emitter<{ recordingStateChanged: void }>();
  let state = RecordingState.None;
  return {
    info: {
      get state() {
        return state;
      },
      on: events.on as RecordingInfo["on"],
      off: events.off as RecordingInfo["off"],
    },
    move(to) {
      if (to === state) return;
      state = to;
      events.emit("recordingStateChanged");
    },
  };
}

export function transcription(call: CallCore): Made<TranscriptionCallFeature> {
  const events = new Emitter<{ isTranscriptionActiveChanged: void }>();
  let active = false;
  const is = (now: boolean): void => {
    if (now === active) return;
    active = now;
    events.emit("isTranscriptionActiveChanged");
  };
  call.inner.on("message", (message) => message.t === "transcription" && is(message.active === true));
  call.inner.on("over", () => is(false));
  return {
    name: "Transcription",
    get isTranscriptionActive() {
      return active;
    },
    isTeamsConsentRequired: false,
    grantTeamsConsent: async () => {},
    on: events.on as TranscriptionCallFeature["on"],
    off: events.off as TranscriptionCallFeature["off"],
  };
}
