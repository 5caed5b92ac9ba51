// The pictures behind a local stream: of a camera, which is open while somebody uses it, or
// a stream of the application, which is the application's to stop.
import { Emitter } from "../emitter";
import { hasCode } from "../errors";
import type { MediaStreamType, VideoDeviceInfo } from "../types";
import { captureVideo } from "./capture";
import type { LocalVideo, LocalVideoEvents, Use } from "./localvideo";
import { RawCamera } from "./rawcamera";
import { isStream } from "./source";

/** A camera that nobody uses stays open for this long: a preview often becomes what is sent. */
const LINGER_MS = 1_000;

/** The pictures of one stream, and how often they are used. */
export class Capture implements LocalVideo {
  kind: MediaStreamType;
  readonly events = new Emitter<LocalVideoEvents>();
  readonly takers = new Set<object>();
  private current?: MediaStream;
  /** Of which the application makes what is sent. It is open as long as that is. */
  private raw?: RawCamera;
  /** For the application, which has read it. */
  private reading?: Promise<Use>;
  private pending?: Promise<MediaStream>;
  private changing: Promise<void> = Promise.resolve();
  private users = new Set<object>();
  private timer?: ReturnType<typeof setTimeout>;

  constructor(public source: VideoDeviceInfo | MediaStream, public autoDispose: boolean, private changed: () => void) {
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

  /** For the application: until it disposes of the stream, or stops the sending of it. */
  async read(): Promise<MediaStream> {
    const reading = (this.reading ??= this.use());
    try {
      const { stream } = await reading;
      return reading === this.reading ? await this.stream() : stream;
    } catch (error) {
      if (reading === this.reading) this.reading = undefined;
      throw error;
    }
  }

  release(): void {
    this.reading?.then((use) => use.letGo(), () => {});
    this.reading = undefined;
  }

  private letGo(user: object): void {
    if (!this.users.delete(user)) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.users.size === 0 && this.stop(), LINGER_MS);
  }

  stream(): Promise<MediaStream> {
    if (this.current) return this.raw?.isClosed ? this.again(this.current, this.raw) : Promise.resolve(this.current);
    return (this.pending ??= captureVideo(this.source as VideoDeviceInfo)
      .then((opened) => {
        this.take(opened);
        if (this.users.size === 0) this.stop(); // disposed of while the camera was opening
        return opened;
      })
      .finally(() => (this.pending = undefined)));
  }

  /** What the application makes of its camera moves while that is open. */
  private async again(made: MediaStream, raw: RawCamera): Promise<MediaStream> {
    await raw.reopen();
    if (raw !== this.raw || this.users.size === 0) raw.close(); // meanwhile
    return this.current ?? made;
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
    if (isStream(to) && this.reading) this.keep();
    else this.stop();
    if (!isStream(to)) this.raw = undefined;
    this.current = undefined;
    this.source = to;
    if (this.kind !== "ScreenSharing") this.kind = isStream(to) ? "RawMedia" : "Video";
    if (next) this.take(next);
    this.changed();
    if (next) this.events.emit("replaced", next);
  }

  /** What is shown next may be made of this: the application has it, and draws it on a canvas, for one. */
  private keep(): void {
    const { source, current } = this;
    if (!isStream(source) && current) this.raw = new RawCamera(source, current, (track) => this.watch(track, current));
  }

  /** Opens another camera, beside the one before if both can be open, else after it. */
  private async open(camera: VideoDeviceInfo): Promise<MediaStream> {
    try {
      return await captureVideo(camera);
    } catch (error) {
      const open = isStream(this.source) ? this.raw?.isOpen : this.current;
      if (!open || !isInUse(error)) throw error;
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
    const before = isStream(this.source) ? undefined : await captureVideo(this.source).catch(() => undefined);
    if (!before) return this.gone();
    if (this.users.size === 0) return void end(before);
    this.take(before);
    this.events.emit("replaced", before);
  }

  dispose(): void {
    this.reading = undefined;
    this.users.clear();
    clearTimeout(this.timer);
    this.stop();
    this.events.emit("disposed");
  }

  private take(stream: MediaStream): void {
    this.current = stream;
    this.watch(stream.getVideoTracks()[0], stream);
  }

  private watch(track: MediaStreamTrack | undefined, stream: MediaStream): void {
    const shown = (): boolean => stream === this.current || stream === this.raw?.stream;
    const withheld = (is: boolean): void => void (shown() && this.events.emit("withheld", is));
    track?.addEventListener("ended", () => shown() && this.gone());
    track?.addEventListener("mute", () => withheld(true));
    track?.addEventListener("unmute", () => withheld(false));
  }

  private gone(): void {
    this.stop();
    this.events.emit("ended");
  }

  /** Closes the camera. A stream of the application is the application's to stop. */
  private stop(): void {
    this.raw?.close();
    if (isStream(this.source)) return;
    this.current = end(this.current);
  }
}

function end(stream: MediaStream | undefined): undefined {
  stream?.getTracks().forEach((track) => track.stop());
}

function isInUse(error: unknown): boolean {
  return hasCode(error) && error.subCode === 43000;
}
