// What a microphone, or a stream of the application, sends into a call.
import { Emitter } from "../emitter";
import { coded, failure } from "../errors";
import { audioEffects } from "../features/effects";
import type { AudioDeviceInfo, AudioMediaStreamType, LocalAudioStreamOptions, StreamFeature, StreamFeatureFactory, Volume } from "../types";
import { browserId } from "./devices";
import { isStream, shownAudio } from "./source";
import { meter } from "./volume";

export interface AudioChanges {
  /** There is another source. */
  track: void;
  /** The application needs it no longer. */
  disposed: void;
}

/** What the package keeps of a stream; by its public object. */
export interface LocalAudio {
  source: AudioDeviceInfo | MediaStream;
  autoDispose: boolean;
  /** The calls that send it. */
  takers: Set<object>;
  /** The track to send. It asks the user for the microphone if there is none yet. */
  track(): Promise<MediaStreamTrack>;
  changes: Emitter<AudioChanges>;
  /** The microphone of which the application makes what is sent. It is open as long as that is. */
  raw?: MediaStream;
  /** Nobody sends what is made of it. */
  release(): void;
  /** Takes a microphone that the call has opened. */
  opened(device: AudioDeviceInfo, stream: MediaStream): void;
  dispose(): void;
}

/** Wrappers of a stream pass this member on; a map by identity would not know them. */
const INNER = Symbol("inner");

/** The inner side of a stream that an application made. */
export function localAudio(stream: LocalAudioStream): LocalAudio {
  const found = (stream as unknown as { [INNER]?: LocalAudio } | undefined)?.[INNER];
  if (!found) throw failure(400, 41025, "not a LocalAudioStream");
  return found;
}

export interface LocalAudioStream {
  readonly source: AudioDeviceInfo;
  readonly mediaStreamType: AudioMediaStreamType;
  getMediaStream(): Promise<MediaStream>;
  setMediaStream(mediaStream: MediaStream): Promise<void>;
  switchSource(source: AudioDeviceInfo): Promise<void>;
  getVolume(): Promise<Volume>;
  dispose(): void;
  feature<T extends StreamFeature>(factory: StreamFeatureFactory<T>): T;
  on(event: "audioSourceChanged", listener: (args: { source: LocalAudioStream }) => void): void;
  off(event: "audioSourceChanged", listener: (args: { source: LocalAudioStream }) => void): void;
}

export class LocalAudioStream {
  constructor(source: AudioDeviceInfo | MediaStream, options?: LocalAudioStreamOptions) {
    const events = new Emitter<{ audioSourceChanged: { source: LocalAudioStream } }>();
    const changes = new Emitter<AudioChanges>();
    let current: MediaStream | undefined = isStream(source) ? source : undefined;
    let pending: Promise<MediaStream> | undefined;
    /** How often there was another source, or none any more. */
    let turn = 0;
    let volume: (Volume & { dispose(): void }) | undefined;
    let disposed = false;
    /** The application has read what the microphone gives. */
    let read = false;
    const own = (stream: MediaStream | undefined): void => {
      if (stream && !isStream(inner.source)) stream.getTracks().forEach((track) => track.stop());
    };
    const stream = (): Promise<MediaStream> => {
      disposed = false;
      // A microphone that was pulled out does not come back in the same stream.
      if (!isStream(inner.source) && current?.getAudioTracks()[0]?.readyState === "ended") current = undefined;
      if (current) return Promise.resolve(current);
      if (pending) return pending;
      const opening = open().finally(() => pending === opening && (pending = undefined));
      return (pending = opening);
    };
    /** Opens the microphone. One that is there after another was chosen, or nobody wants it any more, is closed again. */
    const open = async (): Promise<MediaStream> => {
      const mine = turn;
      const opened = await capture(inner.source as AudioDeviceInfo);
      if (mine === turn) return (current = opened);
      opened.getTracks().forEach((track) => track.stop());
      if (disposed) throw failure(412, 43200, "the stream was disposed of");
      return stream();
    };
    const change = (to: AudioDeviceInfo | MediaStream, opened?: MediaStream): void => {
      if (!isStream(to)) inner.release();
      if (isStream(to) && read && !isStream(inner.source)) inner.raw = current; // what is sent next may be made of it
      else own(current);
      read = false;
      turn++;
      pending = undefined;
      inner.source = to;
      current = isStream(to) ? to : opened;
      events.emit("audioSourceChanged", { source: this });
      changes.emit("track");
    };
    /** Opens another microphone beside the one that is open: if that fails, the one before stays. Of several the last holds. */
    const switchTo = async (to: AudioDeviceInfo): Promise<void> => {
      const mine = ++turn;
      const opened = await capture(to);
      if (mine === turn) change(to, opened);
      else opened.getTracks().forEach((track) => track.stop());
    };
    const inner: LocalAudio = {
      source,
      autoDispose: options?.autoDisposeOnCallEnd ?? true,
      takers: new Set(),
      track: async () => {
        const track = (await stream()).getAudioTracks()[0];
        if (!track) throw failure(400, 43004, "the stream has no audio track");
        return track;
      },
      changes,
      release: () => {
        inner.raw?.getTracks().forEach((track) => track.stop());
        inner.raw = undefined;
      },
      opened: (device, opened) => {
        const other = !isStream(inner.source) && inner.source?.id !== device.id;
        if (current !== opened) own(current);
        inner.source = device;
        current = opened;
        if (other) events.emit("audioSourceChanged", { source: this });
      },
      dispose: () => {
        disposed = true;
        turn++;
        pending = undefined;
        inner.release();
        own(current);
        current = undefined;
        volume?.dispose();
        volume = undefined;
        changes.emit("disposed");
      },
    };
    const effects = audioEffects();
    Object.defineProperty(this, INNER, { value: inner });
    Object.defineProperty(this, "source", { get: () => shownAudio(inner.source), enumerable: true });
    Object.assign(this, {
      mediaStreamType: "Audio",
      getMediaStream: () => {
        read = true;
        return stream();
      },
      setMediaStream: async (to: MediaStream) => {
        if (!isStream(to) || to.getAudioTracks().length === 0) throw failure(400, 43004, "not a MediaStream with sound");
        change(to);
      },
      switchSource: async (to: AudioDeviceInfo) => {
        if (typeof to?.id !== "string") throw failure(400, 43004, "not a microphone");
        if (!isStream(inner.source) && inner.source?.id === to.id) throw failure(400, 43005, "the stream has this source already");
        if (current) await switchTo(to);
        else change(to);
      },
      // A page measures the microphone before there is a call: it is opened for that.
      getVolume: async () => {
        if (!disposed) await stream();
        return (volume ??= meter(() => current));
      },
      dispose: () => inner.dispose(),
      feature: (factory: StreamFeatureFactory<StreamFeature>) => (factory.featureName === "AudioEffects" ? effects : { name: factory.featureName, dispose: () => {} }),
      on: events.on,
      off: events.off,
    });
  }
}

/** Opens a microphone; undefined is the system's. */
export async function capture(device: AudioDeviceInfo | undefined): Promise<MediaStream> {
  const media = globalThis.navigator?.mediaDevices;
  if (!media?.getUserMedia) throw failure(412, 43013, "this page has no access to devices: it must come over HTTPS or from localhost");
  const id = device ? browserId(device.id) : "";
  const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, ...(id ? { deviceId: { exact: id } } : {}) };
  try {
    return await media.getUserMedia({ audio });
  } catch (error) {
    const denied = (error as DOMException)?.name === "NotAllowedError";
    throw denied ? failure(403, 43001, "the microphone was not permitted") : coded(error, 412, 43013);
  }
}
