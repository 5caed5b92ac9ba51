// Who speaks most, as the server measures it.
import type { CallCore } from "../calls/call";
import { Emitter } from "../emitter";
import { identifier } from "../identifiers";
import type { Made } from "./made";
import type { DominantSpeakersCallFeature, DominantSpeakersInfo } from "./types";

export function dominantSpeakers(call: CallCore): Made<DominantSpeakersCallFeature> {
  const events = new Emitter<{ dominantSpeakersChanged: void }>();
  let ids = "";
  let current: DominantSpeakersInfo = { speakersList: [], timestamp: new Date() };
  call.inner.on("message", (message) => {
    if (message.t !== "speakers") return;
    const now: string[] = message.dominant ?? [];
    if (now.join() === ids) return;
    ids = now.join();
    current = { speakersList: now.map(identifier), timestamp: new Date() };
    events.emit("dominantSpeakersChanged");
  });
  return {
    name: "DominantSpeakers",
    get dominantSpeakers() {
      return current;
    },
    on: events.on as DominantSpeakersCallFeature["on"],
    off: events.off as DominantSpeakersCallFeature["off"],
  };
}
