// Notices that the user speaks though the call is muted. The track that is sent is silent then,
// so a copy of it is measured, which goes nowhere.
import type { CallCore } from "../calls/call";
import { active } from "../calls/state";
import { meter } from "../media/volume";

const EVERY_MS = 200;
/** Of 100: speech is above; noise, which the browser has suppressed, below. */
const LOUD = 5;
/** Shorter sounds are no speech. */
const SPEAKS_AFTER_MS = 600;
const ENDS_AFTER_MS = 3_000;

/** Tells when the user begins and ends to speak in vain, until the call is over. */
export function watchMutedSpeech(call: CallCore, tell: (speaks: boolean) => void): void {
  if (typeof AudioContext === "undefined") return;
  let watched: MediaStreamTrack | undefined;
  let stop = (): void => {};
  const update = (): void => {
    const track = call.sound.sent;
    const wanted = call.muting.muted && active(call.state) && track?.readyState === "live" ? track : undefined;
    if (wanted === watched) return;
    stop();
    watched = wanted;
    stop = wanted ? listen(wanted, tell, update) : () => {};
  };
  call.events.on("isMutedChanged", update);
  call.events.on("stateChanged", update);
  call.inner.on("microphone", update);
  call.inner.on("over", () => stop());
}

/** Measures a track. The copy would keep the microphone open: `gone` hears when the track itself was stopped, which browsers do not tell. */
function listen(track: MediaStreamTrack, tell: (speaks: boolean) => void, gone: () => void): () => void {
  const copy = track.clone();
  copy.enabled = true;
  const stream = new MediaStream([copy]);
  const volume = meter(() => stream);
  let loud = 0;
  let quiet = 0;
  const timer = setInterval(() => {
    if (track.readyState !== "live") return gone();
    const speaks = volume.level >= LOUD;
    loud = speaks ? loud + EVERY_MS : 0;
    quiet = speaks ? 0 : quiet + EVERY_MS;
    if (loud >= SPEAKS_AFTER_MS) tell(true);
    if (quiet >= ENDS_AFTER_MS) tell(false);
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    volume.dispose();
    copy.stop();
    tell(false);
  };
}
