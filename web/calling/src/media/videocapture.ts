// The pictures behind a local stream: of a camera, which is open while somebody uses it, or
// a stream of the application, which is the application's to stop.
import { Emitter } from "../emitter";
import { hasCode } from "../errors";
import type { MediaStreamType, VideoDeviceInfo } from "../types";
import { captureVideo } from "./capture";

/** What the package keeps of a stream; by its public object. */
export interface LocalVideo {
  kind: MediaStreamType;
  autoDispose: boolean;
  events: Emitter<LocalVideoEvents>;
  /** The calls that send it. */
  takers: Set<object>;
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
  /** The system withholds the pictures (true), or gives them back. */
  withheld: boolean;
  /** The application needs the stream no longer. */
  disposed: void;
}

/** A camera that nobody uses stays open for this long: a preview often becomes what is sent. */
const LINGER_MS = 1_000;

/** The pictures of one stream, and how often they are used. */
export class Capture implements LocalVideo {
  kind: MediaStreamType;
  readonly events = new Emitter<LocalVideoEvents>();
  readonly takers = new Set<object>();
  private current?: MediaStream;
  private pending?: Promise<MediaStream>;
  private changing: Promise<void> = Promise.resolve();
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

  /** Shows another source. If it cannot be opened, the one before stays. Of changes at once the last holds. */
  change(to: VideoDeviceInfo | MediaStream): Promise<void> {
    const done = this.changing.then(() => this.replace(to));
    this.changing = done.catch(() => {});
    return done;
  }

  private async replace(to: VideoDeviceInfo | MediaStream): Promise<void> {
    await this.pending?.catch(() => {});
    let next = isStream(to) ? to : this.users.size > 0 ? await this.open(to) : undefined;
    if (next !== to && this.users.size === 0) next = end(next); // nobody uses it any more
    this.stop();
    this.current = undefined;
    this.source = to;
    if (next) this.take(next);
    this.changed(to);
    if (next) this.events.emit("replaced", next);
  }

  /** Opens another camera, beside the one before if both can be open, else after it. */
  private async open(camera: VideoDeviceInfo): Promise<MediaStream> {
    try {
      return await captureVideo(camera);
    } catch (error) {
      if (!this.current || isStream(this.source) || !isInUse(error)) throw error;
    }
    this.stop(); // most phones open one camera at a time
    try {
      return await captureVideo(camera);
    } catch (error) {
      await this.reopen();
      throw error;
    }
  }

  /** The camera before is shown again; if that does not open either, there are no pictures. */
  private async reopen(): Promise<void> {
    const before = await captureVideo(this.source as VideoDeviceInfo).catch(() => undefined);
    if (!before) return this.gone();
    if (this.users.size === 0) return void end(before);
    this.take(before);
    this.events.emit("replaced", before);
  }

  dispose(): void {
    this.users.clear();
    clearTimeout(this.timer);
    this.stop();
    this.events.emit("disposed");
  }

  private take(stream: MediaStream): void {
    this.current = stream;
    const [track] = stream.getVideoTracks();
    const withheld = (is: boolean): void => void (stream === this.current && this.events.emit("withheld", is));
    track?.addEventListener("ended", () => stream === this.current && this.gone());
    track?.addEventListener("mute", () => withheld(true));
    track?.addEventListener("unmute", () => withheld(false));
  }

  private gone(): void {
    this.stop();
    this.events.emit("ended");
  }

  /** Closes the camera. A stream of the application is the application's to stop. */
  private stop(): void {
    if (isStream(this.source)) return;
    this.current = end(this.current);
  }
}

function end(stream: MediaStream | undefined): undefined {
  stream?.getTracks().forEach((track) => track.stop());
}

/** What applications see as the source: of a stream of their own, a device that stands for it. */
export function shown(source: VideoDeviceInfo | MediaStream): VideoDeviceInfo {
  if (!isStream(source)) return source;
  return { id: `stream:${source.id}`, name: source.getVideoTracks()[0]?.label ?? "", deviceType: "Virtual" };
}

function isInUse(error: unknown): boolean {
  return hasCode(error) && error.subCode === 43000;
}

export function isStream(source: unknown): source is MediaStream {
  return typeof MediaStream !== "undefined" && source instanceof MediaStream;
}
