// How many pictures of others a page should show at once: what the path carries.
import type { CallCore } from "../calls/call";
import { Emitter } from "../emitter";
import type { Made } from "./made";
import type { OptimalVideoCountCallFeature, OvcChangeReason } from "./types";

/** Microsoft's UI library shows as many pictures as this says; 0 would be none for ever. */
const MOST = 9;
const PHONE_MOST = 4;
/** Pictures that the path does not carry count once they have been missing for this long. */
const STARVED_MS = 5_000;
/** After this long without missing ones, one more is tried. */
const TRY_MS = 15_000;

export function optimalVideoCount(call: CallCore): Made<OptimalVideoCountCallFeature> {
  const events = new Emitter<{ optimalVideoCountChanged: void }>();
  const most = /Mobi|Android/i.test(globalThis.navigator?.userAgent ?? "") ? PHONE_MOST : MOST;
  let count = most;
  let reason: OvcChangeReason = "unknown";
  let timer: ReturnType<typeof setTimeout> | undefined;
  const become = (next: number, why: OvcChangeReason): void => {
    const bounded = Math.max(1, Math.min(most, next));
    if (bounded === count) return;
    count = bounded;
    reason = why;
    events.emit("optimalVideoCountChanged");
  };
  const settle = (missing: number): void => {
    clearTimeout(timer);
    if (missing > 0) timer = setTimeout(() => become(Math.min(count, call.pictures.gallery.coming), "bandwidth"), STARVED_MS);
    else if (count < most)
      timer = setTimeout(() => {
        become(count + 1, "bandwidth");
        settle(0);
      }, TRY_MS);
  };
  call.pictures.gallery.events.on("starved", settle);
  call.inner.on("over", () => clearTimeout(timer));
  return {
    name: "OptimalVideoCount",
    get optimalVideoCount() {
      return count;
    },
    get lastOvcChangeReason() {
      return reason;
    },
    on: events.on as OptimalVideoCountCallFeature["on"],
    off: events.off as OptimalVideoCountCallFeature["off"],
  };
}
