// A camera, a screen, or a stream of the application, as pictures. A camera is open
// while somebody uses it: a call that sends it, a view that shows it.
import { Emitter } from "../emitter";
import { failure } from "../errors";
import { videoEffects } from "../features/effects";
import type { LocalVideoStreamOptions, MediaStreamType, StreamFeature, StreamFeatureFactory, VideoDeviceInfo } from "../types";
import { captureVideo } from "./capture";

/** What the package keeps of a stream; by its public object. */
export interface LocalVideo {
  kind: MediaStreamType;
  autoDispose: boolean;
  events: Emitter<LocalVideoEvents>;
  /** Opens the camera if nobody has. */
  use(): Promise<Use>;
  dispose(): void;
}

/** The pictures, for one who sends or shows them. */
export interface Use {
  stream: MediaStream;
  letGo(): void;
}

interface LocalVideoEvents {
  /** There are other pictures now: another camera, or another stream. */
  replaced: MediaStream;
  /** The device is gone, or the browser ended the capture. */
  ended: void;
}

/** Wrappers of a stream pass this member on; a map by identity would not know them. */
const INNER = Symbol("inner");
/** A camera that nobody uses stays open for this long: a preview often becomes what is sent. */
const LINGER_MS = 1_000;

/** The inner side of a stream that an application made. */
export function localVideo(stream: LocalVideoStream): LocalVideo {
  const found = findLocalVideo(stream);
  if (!found) throw failure(400, 41025, "not a LocalVideoStream");
  return found;
}

export function findLocalVideo(stream: unknown): LocalVideo | undefined {
  return (stream as { [INNER]?: LocalVideo } | undefined)?.[INNER];
}

export interface LocalVideoStream {
  readonly source: VideoDeviceInfo;
  readonly mediaStreamType: MediaStreamType;
  switchSource(videoDeviceInfo: VideoDeviceInfo): Promise<void>;
  getMediaStream(): Promise<MediaStream>;
  setMediaStream(mediaStream: MediaStream): Promise<void>;
  dispose(): void;
  feature<T extends StreamFeature>(factory: StreamFeatureFactory<T>): T;
  on(event: "videoSourceChanged", listener: (args: { source: VideoDeviceInfo }) => void): void;
  off(event: "videoSourceChanged", listener: (args: { source: VideoDeviceInfo }) => void): void;
}

export class LocalVideoStream {
  constructor(videoSource: VideoDeviceInfo | MediaStream, options?: LocalVideoStreamOptions) {
    const events = new Emitter<{ videoSourceChanged: { source: VideoDeviceInfo } }>();
    const capture = new Capture(videoSource, options?.autoDisposeOnCallEnd ?? true, (source) => events.emit("videoSourceChanged", { source: source as VideoDeviceInfo }));
    const effects = videoEffects();
    let pinned = false;
    Object.defineProperty(this, INNER, { value: capture });
    Object.defineProperty(this, "source", { get: () => capture.source, enumerable: true });
    Object.defineProperty(this, "mediaStreamType", { get: () => capture.kind, enumerable: true });
    Object.assign(this, {
      // The application says when it needs the pictures no longer: dispose.
      getMediaStream: async () => {
        if (pinned) return capture.stream();
        const { stream } = await capture.use();
        pinned = true;
        return stream;
      },
      setMediaStream: async (to: MediaStream) => {
        if (!isStream(to)) throw failure(400, 43004, "not a MediaStream");
        await capture.change(to);
      },
      switchSource: async (to: VideoDeviceInfo) => {
        if (!to || typeof to.id !== "string") throw failure(400, 43004, "not a camera");
        if (!isStream(capture.source) && capture.source.id === to.id) throw failure(400, 43005, "the stream has this camera already");
        await capture.change(to);
      },
      dispose: () => {
        pinned = false;
        capture.dispose();
      },
      feature: (factory: StreamFeatureFactory<StreamFeature>) => (factory.featureName === "VideoEffects" ? effects : { name: factory.featureName }),
      on: events.on,
      off: events.off,
    });
  }
}

/** The pictures of one stream, and how often they are used. */
class Capture implements LocalVideo {
  kind: MediaStreamType;
  readonly events = new Emitter<LocalVideoEvents>();
  private current?: MediaStream;
  private pending?: Promise<MediaStream>;
  private users = new Set<object>();
  private timer?: ReturnType<typeof setTimeout>;

  constructor(public source: VideoDeviceInfo | MediaStream, public autoDispose: boolean, private changed: (source: VideoDeviceInfo | MediaStream) => void) {
    this.kind = isStream(source) ? "RawMedia" : "Video";
    if (isStream(source)) this.take(source);
  }

  async use(): Promise<Use> {
    const user = {};
    this.users.add(user);
    try {
      return { stream: await this.stream(), letGo: () => this.letGo(user) };
    } catch (error) {
      this.users.delete(user);
      throw error;
    }
  }

  private letGo(user: object): void {
    if (!this.users.delete(user)) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.users.size === 0 && this.stop(), LINGER_MS);
  }

  stream(): Promise<MediaStream> {
    if (this.current) return Promise.resolve(this.current);
    return (this.pending ??= captureVideo(this.source as VideoDeviceInfo)
      .then((opened) => {
        this.take(opened);
        if (this.users.size === 0) this.stop(); // disposed of while the camera was opening
        return opened;
      })
      .finally(() => (this.pending = undefined)));
  }

  /** Shows another source. If it cannot be opened, the one before stays. */
  async change(to: VideoDeviceInfo | MediaStream): Promise<void> {
    await this.pending?.catch(() => {});
    const next = isStream(to) ? to : this.users.size > 0 ? await captureVideo(to) : undefined;
    this.stop();
    this.current = undefined;
    this.source = to;
    if (next) this.take(next);
    this.changed(to);
    if (next) this.events.emit("replaced", next);
  }

  dispose(): void {
    this.users.clear();
    clearTimeout(this.timer);
    this.stop();
  }

  private take(stream: MediaStream): void {
    this.current = stream;
    stream.getVideoTracks()[0]?.addEventListener("ended", () => stream === this.current && this.gone());
  }

  private gone(): void {
    this.stop();
    this.events.emit("ended");
  }

  /** Closes the camera. A stream of the application is the application's to stop. */
  private stop(): void {
    if (isStream(this.source)) return;
    this.current?.getTracks().forEach((track) => track.stop());
    this.current = undefined;
  }
}

/** A stream of what the user chose to share. */
export function screenStream(stream: MediaStream): LocalVideoStream {
  const made = new LocalVideoStream(stream);
  const source: VideoDeviceInfo = { id: `screen:${stream.id}`, name: stream.getVideoTracks()[0]?.label ?? "", deviceType: "ScreenSharing" };
  const inner = localVideo(made) as Capture;
  // As of a device: it is ours to stop.
  inner.source = source;
  inner.kind = "ScreenSharing";
  return made;
}

function isStream(source: unknown): source is MediaStream {
  return typeof MediaStream !== "undefined" && source instanceof MediaStream;
}
