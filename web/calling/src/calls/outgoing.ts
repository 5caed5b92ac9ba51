// A picture that this client sends into a call: its camera, or its screen.
//
//   off ──start──▶ opening ──▶ waiting ──call connected──▶ on ──stop──▶ off
//                     └────────────┴──refused, stopped──▶ off
//   on ──device gone, right taken──▶ off
import { Emitter } from "../emitter";
import { failure } from "../errors";
import { Demand } from "../media/demand";
import type { Picture } from "../media/lines";
import { localVideo, type LocalVideoStream } from "../media/localvideostream";
import type { Peer } from "../media/peer";
import type { LocalVideo, Use } from "../media/videocapture";
import type { VideoSendConstraints } from "../types";
import { Attempt } from "./attempt";

export interface OutgoingOptions {
  /** The connection, once the call is connected; it rejects if the call ends before. */
  connected(): Promise<Peer>;
  /** Tells the server; it rejects if the server refuses. */
  tell(on: boolean): Promise<unknown>;
  log(line: string): void;
}

interface Events {
  /** What applications see in localVideoStreams. */
  streams: { added: LocalVideoStream[]; removed: LocalVideoStream[] };
  /** It is sent, or no longer. */
  on: void;
  /** The device takes long to open. */
  slow: void;
  /** The device is gone, or the browser ended the capture. */
  lost: void;
}

/** How long a camera may take to open. */
const OPEN_MS = 10_000;
const ALREADY = { camera: 41027, screen: 41035 };
const NOT_ON = { camera: 41030, screen: 41041 };

export class Outgoing {
  readonly events = new Emitter<Events>();
  /** What is sent, or will be. */
  stream?: LocalVideoStream;
  on = false;
  private use?: Use;
  private pictures?: MediaStream;
  private peer?: Peer;
  private held = false;
  private listed = false;
  private told = false;
  /** To send what is sent, or will be. */
  private attempt?: Attempt;
  private demand: Demand;

  constructor(readonly kind: Picture, private options: OutgoingOptions) {
    this.demand = new Demand(kind);
  }

  /** The pictures that are sent. */
  get track(): MediaStreamTrack | undefined {
    return this.pictures?.getVideoTracks()[0];
  }

  /** Sends a stream, once the call is connected. */
  async start(stream: LocalVideoStream): Promise<void> {
    const inner = localVideo(stream);
    if (this.stream) throw failure(400, ALREADY[this.kind], this.kind === "camera" ? "video is being sent already" : "a screen is being shared already");
    this.stream = stream;
    const attempt = (this.attempt = new Attempt(() => failure(410, 41048, "it was stopped before it had begun")));
    inner.events.on("replaced", this.replace);
    inner.events.on("ended", this.ended);
    inner.events.on("disposed", this.disposed);
    try {
      this.pictures = await attempt.step(this.open(inner, attempt));
      // Seen from the beginning: a page shows its own picture while the call is being set up.
      this.list();
      this.peer = await attempt.step(this.options.connected());
      if (!(await attempt.step(this.peer.takes(this.kind)))) throw failure(400, 0, "the server takes no pictures");
      this.told = true;
      this.demand.rids = undefined; // what was wanted of the one before
      await attempt.step(this.options.tell(true));
      await attempt.step(this.send());
      this.turn(true);
    } catch (error) {
      if (attempt === this.attempt) this.clear();
      throw error;
    }
  }

  /** A camera that opens after it was stopped is closed again. */
  private async open(inner: LocalVideo, attempt: Attempt): Promise<MediaStream> {
    const slow = setTimeout(() => attempt === this.attempt && this.events.emit("slow"), OPEN_MS);
    const use = await inner.use().finally(() => clearTimeout(slow));
    if (attempt === this.attempt) this.use = use;
    else use.letGo();
    return use.stream;
  }

  /** The server has to be told anew that it is sent. */
  again(): void {
    if (!this.told) return;
    const attempt = this.attempt;
    this.demand.rids = undefined;
    this.update();
    this.options.tell(true).catch((error) => {
      this.options.log(`${this.kind}: ${error}`);
      if (attempt === this.attempt) this.clear();
    });
  }

  /** Ends it, at the server too. */
  async stop(): Promise<void> {
    if (!this.stream) throw failure(400, NOT_ON[this.kind], this.kind === "camera" ? "no video is being sent" : "no screen is being shared");
    const { told } = this;
    this.clear();
    if (told) await this.options.tell(false);
  }

  /** The server has ended it, or the call is over. */
  clear(): void {
    const stream = this.stream;
    if (!stream) return;
    this.attempt?.callOff();
    this.attempt = undefined;
    const inner = localVideo(stream);
    inner.events.off("replaced", this.replace);
    inner.events.off("ended", this.ended);
    inner.events.off("disposed", this.disposed);
    this.stream = this.pictures = undefined;
    this.told = false;
    this.demand.rids = undefined;
    this.peer?.show(this.kind, { track: null, encodings: [] }).catch((error) => this.options.log(`${this.kind}: ${error}`));
    this.use?.letGo();
    this.use = undefined;
    if (this.kind === "screen") inner.dispose(); // its frame around the screen must go at once
    if (this.listed) {
      this.listed = false;
      this.events.emit("streams", { added: [], removed: [stream] });
    }
    this.turn(false);
  }

  /** The call is over. */
  close(): void {
    const inner = this.stream && localVideo(this.stream);
    this.clear();
    if (inner?.autoDispose) inner.dispose();
    this.events.clear();
  }

  hold(held: boolean): void {
    if (held === this.held) return;
    this.held = held;
    this.update();
  }

  /** Which encodings anybody wants. */
  want(rids: string[]): void {
    this.demand.rids = new Set(rids);
    this.update();
  }

  /** Bounds on what is sent, by the application. */
  limit(limits: VideoSendConstraints): void {
    this.demand.limits = limits;
    this.update();
  }

  private update(): void {
    if (this.peer && this.pictures && this.on) this.send().catch((error) => this.options.log(`${this.kind}: ${error}`));
  }

  private async send(): Promise<void> {
    const track = this.track ?? null;
    if (track && this.kind === "screen") track.contentHint ||= "detail";
    await this.peer?.show(this.kind, { track: this.held ? null : track, encodings: this.demand.encodings(track) });
  }

  private readonly replace = (pictures: MediaStream): void => {
    this.pictures = pictures;
    this.update();
  };

  private readonly ended = (): void => {
    this.events.emit("lost");
    this.disposed();
  };

  /** What is sent of it would stand still. */
  private readonly disposed = (): void => {
    if (this.stream) this.stop().catch((error) => this.options.log(`${this.kind}: ${error}`));
  };

  private list(): void {
    if (this.listed || !this.stream) return;
    this.listed = true;
    this.events.emit("streams", { added: [this.stream], removed: [] });
  }

  private turn(on: boolean): void {
    if (on === this.on) return;
    this.on = on;
    this.events.emit("on");
  }
}
