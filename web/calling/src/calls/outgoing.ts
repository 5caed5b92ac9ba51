// A picture that this client sends into a call: its camera, or its screen.
//
//   off ──start──▶ opening ──▶ waiting ──call connected──▶ on ──stop──▶ off
//                     └────────────┴──refused, stopped──▶ off
//   on ──device gone, right taken──▶ off
import { Emitter } from "../emitter";
import { failure } from "../errors";
import type { Picture } from "../media/lines";
import { localVideo, type LocalVideoStream } from "../media/localvideostream";
import type { Peer } from "../media/peer";
import type { VideoSendConstraints } from "../types";
import { Attempt } from "./attempt";
import { PictureSource } from "./picturesource";
import { Transmission } from "./transmission";

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
  /** The system withholds the pictures (true), or gives them back. */
  withheld: boolean;
}

/** How long a camera may take to open. */
const OPEN_MS = 10_000;
const ALREADY = { camera: 41027, screen: 41035 };
const NOT_ON = { camera: 41030, screen: 41041 };

export class Outgoing {
  readonly events = new Emitter<Events>();
  on = false;
  /** What is sent, or will be. */
  private source?: PictureSource;
  private listed = false;
  private told = false;
  /** What is sent has changed while it began to be sent. */
  private outdated = false;
  /** To send what is sent, or will be. */
  private attempt?: Attempt;
  private transmission: Transmission;

  constructor(readonly kind: Picture, private options: OutgoingOptions) {
    this.transmission = new Transmission(kind, (error) => this.log(error));
  }

  /** What is sent, or will be. */
  get stream(): LocalVideoStream | undefined {
    return this.source?.stream;
  }

  /** The pictures that are sent. */
  get track(): MediaStreamTrack | undefined {
    return this.source?.track;
  }

  /** Sends a stream, once the call is connected. */
  async start(stream: LocalVideoStream): Promise<void> {
    localVideo(stream);
    if (this.source) throw failure(400, ALREADY[this.kind], this.kind === "camera" ? "video is being sent already" : "a screen is being shared already");
    const source = (this.source = this.take(stream));
    const attempt = (this.attempt = new Attempt(() => failure(410, 41048, "it was stopped before it had begun")));
    let granted = false;
    try {
      await attempt.step(this.open(source));
      // Seen from the beginning: a page shows its own picture while the call is being set up.
      this.list();
      const peer = await attempt.step(this.options.connected());
      if (!(await attempt.step(peer.takes(this.kind)))) throw failure(400, 0, "the server takes no pictures");
      this.told = true;
      this.transmission.begin(peer);
      await attempt.step(this.options.tell(true));
      granted = true;
      this.outdated = false;
      await attempt.step(this.transmission.send(this.track));
      this.turn(true);
      if (this.outdated) this.update();
    } catch (error) {
      if (attempt !== this.attempt) throw error;
      this.clear();
      if (granted) this.options.tell(false).catch((failed) => this.log(failed)); // else others would see a picture that does not come
      throw error;
    }
  }

  private take(stream: LocalVideoStream): PictureSource {
    return new PictureSource(stream, {
      replaced: () => this.update(),
      ended: () => {
        this.events.emit("lost");
        this.disposed();
      },
      withheld: (withheld) => this.events.emit("withheld", withheld),
      disposed: () => this.disposed(),
    });
  }

  private async open(source: PictureSource): Promise<void> {
    const slow = setTimeout(() => source === this.source && this.events.emit("slow"), OPEN_MS);
    await source.open().finally(() => clearTimeout(slow));
  }

  /** The server has to be told anew that it is sent. */
  again(): void {
    if (!this.told) return;
    const attempt = this.attempt;
    this.transmission.wantAll();
    this.update();
    this.options.tell(true).catch((error) => {
      this.log(error);
      if (attempt === this.attempt) this.stopped();
    });
  }

  /** Ends it, at the server too. */
  async stop(): Promise<void> {
    if (!this.source) throw failure(400, NOT_ON[this.kind], this.kind === "camera" ? "no video is being sent" : "no screen is being shared");
    const { told } = this;
    this.stopped();
    if (told) await this.options.tell(false);
  }

  /** The application has stopped it, or the server. */
  stopped(): void {
    const { source } = this;
    this.clear();
    source?.release();
  }

  private clear(): void {
    const { source } = this;
    if (!source) return;
    this.attempt?.callOff();
    this.attempt = this.source = undefined;
    this.told = false;
    this.transmission.end().catch((error) => this.log(error));
    source.letGo();
    if (this.kind === "screen") source.dispose(); // its frame around the screen must go at once
    if (this.listed) {
      this.listed = false;
      this.events.emit("streams", { added: [], removed: [source.stream] });
    }
    this.turn(false);
  }

  /** The call is over. */
  close(): void {
    const { source } = this;
    this.clear();
    source?.autoDispose();
    this.events.clear();
  }

  hold(held: boolean): void {
    if (this.transmission.hold(held)) this.update();
  }

  /** Which encodings anybody wants. */
  want(rids: string[]): void {
    this.transmission.want(rids);
    this.update();
  }

  /** Bounds on what is sent, by the application. */
  limit(limits: VideoSendConstraints): void {
    this.transmission.limit(limits);
    this.update();
  }

  private update(): void {
    this.outdated = !this.on;
    if (this.track && this.on) this.transmission.send(this.track).catch((error) => this.log(error));
  }

  /** What is sent of it would stand still. */
  private disposed(): void {
    if (this.source) this.stop().catch((error) => this.log(error));
  }

  private list(): void {
    if (this.listed || !this.source) return;
    this.listed = true;
    this.events.emit("streams", { added: [this.source.stream], removed: [] });
  }

  private turn(on: boolean): void {
    if (on === this.on) return;
    this.on = on;
    this.events.emit("on");
  }

  private log(error: unknown): void {
    this.options.log(`${this.kind}: ${error}`);
  }
}
