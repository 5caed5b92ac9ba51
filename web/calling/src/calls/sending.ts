// What a call sends of sound: the microphone, or a stream of the application, and with it
// what a shared screen plays.
import type { Emitter } from "../emitter";
import { hasCode } from "../errors";
import type { Devices } from "../media/devices";
import { localAudio, type LocalAudioStream } from "../media/localaudiostream";
import { mixture, type Mixture } from "../media/mixture";
import { nap } from "../signalling/reconnect";
import { Microphone } from "./microphone";

/** How long a call waits for the user to permit the microphone. The server gives up a call without media after 30 s. */
const ANSWER_MS = 3_000;

export interface SendingOptions {
  devices: Devices;
  /** Another track is to be sent, or none. */
  send(track: MediaStreamTrack | null): Promise<void>;
  events: Pick<Emitter<SendingEvents>, "emit">;
  log(line: string): void;
}

export interface SendingEvents {
  /** What applications see in localAudioStreams. */
  local: { added: LocalAudioStream[]; removed: LocalAudioStream[] };
  /** A microphone could not be opened (false), or works (true). */
  microphone: { works: boolean; denied: boolean };
  /** The system has silenced the microphone (true), as for a telephone call or by taking the device away, or gives it back. */
  silenced: boolean;
}

export class Sending {
  private events: SendingOptions["events"];
  private chosen?: LocalAudioStream;
  private microphone: Microphone;
  private track: MediaStreamTrack | null = null;
  /** The call has waited for its first microphone. */
  private begun = false;
  /** The microphone is being opened for the first time. */
  private asking = false;
  /** How often something was opened. */
  private turn = 0;
  private shared?: MediaStreamTrack;
  private mixed?: Mixture;
  private muted = false;
  private held = false;
  private stopped = false;
  private over = false;

  constructor(private options: SendingOptions) {
    this.events = options.events;
    this.microphone = new Microphone({
      devices: options.devices,
      shown: (stream) => this.events.emit("local", { added: [stream], removed: [] }),
      taken: (stream) => {
        this.adopt(stream);
        void this.resend();
      },
    });
  }

  /** What is sent: the stream that the application gave, or else the microphone. */
  get local(): ReadonlyArray<LocalAudioStream> {
    const sent = this.chosen ?? this.microphone.stream;
    return sent ? [sent] : [];
  }

  /** The track of the microphone, or of what the application gave for it. */
  get sent(): MediaStreamTrack | undefined {
    return this.track ?? undefined;
  }

  /** Opens the microphone, or takes a stream of the application. It gives what is to be sent when it is there, or while the user does not answer. */
  async begin(stream: LocalAudioStream | undefined): Promise<MediaStreamTrack | null> {
    if (stream) this.adopt(stream);
    this.asking = true;
    const opened = this.open().finally(() => (this.asking = false));
    const wait = nap(ANSWER_MS);
    await Promise.race([opened, wait.done]);
    wait.wake();
    const late = this.asking;
    void opened.then(() => {
      if (this.over) this.release();
      else if (late) void this.options.send(this.mixture());
    });
    this.begun = true;
    return this.over ? null : this.mixture();
  }

  mute(muted: boolean): void {
    this.muted = muted;
    this.gate();
  }

  hold(held: boolean): void {
    this.held = held;
    this.gate();
  }

  close(): void {
    this.over = true;
    this.release();
  }

  /** Another microphone was chosen, or there is one where there was none. */
  async devicesChanged(): Promise<void> {
    if (this.begun && !this.over && !this.asking && !this.chosen && !this.stopped && (this.microphone.isOther || this.track === null)) await this.resend();
  }

  /** Sends another stream of the application. */
  async use(stream: LocalAudioStream): Promise<void> {
    localAudio(stream);
    this.stopped = false;
    const removed = this.local.filter((old) => old !== stream);
    this.adopt(stream);
    this.events.emit("local", { added: [stream], removed });
    await this.resend();
  }

  /** Sends nothing until another stream is given. */
  stop(): void {
    const removed = [...this.local];
    this.stopped = true;
    if (this.chosen) localAudio(this.chosen).replaced.off("track", this.resend);
    this.chosen = undefined;
    this.microphone.letGo();
    if (removed.length > 0) this.events.emit("local", { added: [], removed });
    void this.resend();
  }

  /** Sends the sound of a shared screen too, if it has any; without a stream, no longer. */
  async share(stream: MediaStream | undefined): Promise<void> {
    const track = stream?.getAudioTracks()[0];
    if (track === this.shared || this.over) return;
    this.shared = track;
    await this.options.send(this.mixture());
  }

  /** What is sent: the track, with what a shared screen plays. */
  private mixture(): MediaStreamTrack | null {
    const before = this.mixed;
    this.mixed = this.shared && mixture(this.track ? [this.track, this.shared] : [this.shared]);
    before?.close();
    return this.mixed?.track ?? this.track;
  }

  private release(): void {
    this.mixed?.close();
    this.microphone.letGo();
    if (!this.chosen) return;
    const inner = localAudio(this.chosen);
    inner.replaced.off("track", this.resend);
    if (inner.autoDispose) inner.dispose();
  }

  private adopt(stream: LocalAudioStream): void {
    if (this.chosen && this.chosen !== stream) localAudio(this.chosen).replaced.off("track", this.resend);
    this.chosen = stream;
    localAudio(stream).replaced.on("track", this.resend);
    this.microphone.letGo();
  }

  private readonly resend = async (): Promise<void> => {
    await this.open();
    if (!this.over) await this.options.send(this.mixture());
  };

  /** The track to send, or null if there is none. */
  private async open(): Promise<MediaStreamTrack | null> {
    const turn = ++this.turn;
    if (this.over) return null;
    if (this.stopped) return (this.track = null);
    try {
      const track = this.chosen ? await localAudio(this.chosen).track() : await this.microphone.track();
      if (turn !== this.turn || this.over) return this.track;
      track.onended = () => this.ended(track);
      track.onmute = () => track === this.track && this.events.emit("silenced", true);
      track.onunmute = () => track === this.track && this.events.emit("silenced", false);
      this.track = track;
      this.gate();
      this.events.emit("microphone", { works: true, denied: false });
    } catch (error) {
      if (turn !== this.turn || this.over) return this.track;
      this.track = null;
      this.options.log(`microphone: ${error instanceof Error ? error.message : error}`);
      this.events.emit("microphone", { works: false, denied: hasCode(error) && error.code === 403 });
    }
    return this.track;
  }

  /** The device was pulled out, or the system took it: another is opened if there is one. */
  private ended(track: MediaStreamTrack): void {
    if (track !== this.track || this.over) return;
    this.events.emit("silenced", true);
    void this.options.devices.refresh().then(this.resend);
  }

  /** Muted and held calls send nothing that can be heard. */
  private gate(): void {
    if (this.track) this.track.enabled = !this.muted && !this.held;
  }
}
