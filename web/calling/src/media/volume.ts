// The loudness of a stream, 0 to 100, measured when somebody asks for it.
import { Emitter } from "../emitter";
import type { Volume } from "../types";

const EVERY_MS = 100;
/** What counts as full: speech near the microphone reaches it. */
const FULL_RMS = 0.25;

let context: AudioContext | undefined;

/** Before the user has done anything in the page, the browser does not let the context begin (autoplay rules): it warns of each try, and keeps it. */
const touched = (): boolean => globalThis.navigator?.userActivation?.hasBeenActive ?? true;

/** Makes a meter of the stream that `current` gives. It measures until it is disposed of. */
export function meter(current: () => MediaStream | undefined): Volume & { dispose(): void } {
  const emitter = new Emitter<{ levelChanged: void }>();
  let level = 0;
  let source: MediaStreamAudioSourceNode | undefined;
  let measured: MediaStreamTrack | undefined;
  let analyser: AnalyserNode | undefined;
  let samples: Float32Array<ArrayBuffer> | undefined;

  function connect(stream: MediaStream | undefined): void {
    // A source of Web Audio stays with the track that the stream had when it was made.
    const [track] = stream?.getAudioTracks() ?? [];
    if (track === measured) return;
    source?.disconnect();
    measured = track;
    source = undefined;
    if (!stream || !track) return;
    context ??= new AudioContext();
    void context.resume();
    analyser ??= context.createAnalyser();
    analyser.fftSize = 1024;
    samples ??= new Float32Array(analyser.fftSize);
    source = context.createMediaStreamSource(stream);
    source.connect(analyser);
  }
  function measure(): void {
    connect(current());
    if (source && context?.state === "suspended" && touched()) void context.resume();
    let now = 0;
    if (source && analyser && samples) {
      analyser.getFloatTimeDomainData(samples);
      let sum = 0;
      for (const sample of samples) sum += sample * sample;
      now = Math.min(100, Math.round((100 * Math.sqrt(sum / samples.length)) / FULL_RMS));
    }
    if (now === level) return;
    level = now;
    emitter.emit("levelChanged");
  }
  const timer = setInterval(measure, EVERY_MS);
  function end(): void {
    clearInterval(timer);
    connect(undefined);
  }
  return {
    get level() {
      return level;
    },
    on: emitter.on,
    off: emitter.off,
    dispose: end,
  };
}
