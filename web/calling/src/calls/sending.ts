// What a call sends of sound: the microphone, or a stream of the application, and with it
// what a shared screen plays.
import type { Emitter } from "../emitter";
import { failure, hasCode } from "../errors";
import type { Devices } from "../media/devices";
import { localAudio, type LocalAudioStream } from "../media/localaudiostream";
import { ScreenSound } from "../media/mixture";
import { nap } from "../signalling/reconnect";
import { SharedTrack } from "./sharedtrack";
import { SoundSource } from "./soundsource";

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
  /** A microphone works, or not: it could not be opened, or has ended, as one that is pulled out. */
  microphone: { works: boolean; denied: boolean; ended?: boolean };
  /** The system has silenced the microphone (true), as for a telephone call, or gives it back. */
  silenced: boolean;
}

export class Sending {
  private events: SendingOptions["events"];
  private source: SoundSource;
  private track: MediaStreamTrack | null = null;
  private screen = new ScreenSound();
  private shared = new SharedTrack();
  /** The call has waited for its first microphone. */
  private begun = false;
  /** The microphone is being opened for the first time. */
  private asking = false;
  /** How often something was opened. */
  private turn = 0;
  /** How often the application asked for a stream, or for none. */
  private asked = 0;
  private muted = false;
  private held = false;
  private stopped = false;
  /** The application wants the microphone, whatever stream it gave for the beginning. */
  private restored = false;
  private over = false;

  constructor(private options: SendingOptions) {
    this.events = options.events;
    this.source = new SoundSource({
      devices: options.devices,
      listed: (change) => this.events.emit("local", change),
      changed: () => void this.resend(),
      disposed: () => this.stop(),
    });
  }

  /** What is sent: the stream that the application gave, or else the microphone. */
  get local(): ReadonlyArray<LocalAudioStream> {
    return this.source.local;
  }

  /** The track of the microphone, or of what the application gave for it. */
  get sent(): MediaStreamTrack | undefined {
    return this.track ?? undefined;
  }

  /**
   * Opens the microphone, or takes a stream of the application, unless that has asked for something else
   * meanwhile. It gives what is to be sent when it is there, or while the user does not answer.
   */
  async begin(stream: LocalAudioStream | undefined): Promise<MediaStreamTrack | null> {
    if (stream && !this.source.chosen && !this.stopped && !this.restored) this.source.take(stream);
    this.asking = true;
    const opened = this.open().finally(() => (this.asking = false));
    const wait = nap(ANSWER_MS);
    await Promise.race([opened, wait.done]);
    wait.wake();
    const late = this.asking;
    void opened.then(() => {
      if (this.over) this.source.close();
      else if (late) void this.options.send(this.screen.with(this.track));
    });
    this.begun = true;
    return this.over ? null : this.screen.with(this.track);
  }

  /** Who unmutes without a microphone may have permitted one meanwhile, or plugged it in. */
  mute(muted: boolean): void {
    const speaks = this.muted && !muted;
    this.muted = muted;
    this.gate();
    if (speaks && this.begun && this.lacks) void this.resend();
  }

  hold(held: boolean): void {
    this.held = held;
    this.gate();
  }

  close(): void {
    this.over = true;
    this.screen.close();
    this.source.close();
    if (this.track) this.track.enabled = true; // the application's goes on in its own hands
    this.shared.letGo();
  }

  /** Another microphone was chosen, or there is one where there was none. */
  async devicesChanged(): Promise<void> {
    if (this.begun && (this.lacks || (!this.over && !this.asking && !this.stopped && this.source.isOther))) await this.resend();
  }

  /** Something is to be sent, and could not be opened. */
  private get lacks(): boolean {
    return this.track === null && !this.over && !this.asking && !this.stopped;
  }

  /** Sends another stream of the application. One that cannot be opened is refused, and what was sent goes on; of several the last holds. */
  async use(stream: LocalAudioStream): Promise<void> {
    const inner = localAudio(stream);
    const asked = ++this.asked;
    await inner.track();
    if (this.over && inner.autoDispose && inner.takers.size === 0) inner.dispose();
    if (this.over || asked !== this.asked) throw failure(410, 0, "another sound was chosen, or none, before this one had opened");
    this.stopped = false;
    this.source.take(stream);
    await this.resend();
  }

  /** Sends the microphone again, in the place of what the application gave. */
  restore(): void {
    this.asked++;
    this.restored = true;
    if (!this.source.chosen && !this.stopped) return;
    this.stopped = false;
    this.source.leave();
    if (this.begun || this.asking) void this.resend();
  }

  /** The application has disposed of what is sent: nothing is, until another stream is given. */
  stop(): void {
    this.asked++;
    this.stopped = true;
    this.source.leave();
    void this.resend();
  }

  /** Sends the sound of a shared screen too, if it has any; without a stream, no longer. */
  async share(stream: MediaStream | undefined): Promise<void> {
    if (!this.over && this.screen.change(stream?.getAudioTracks()[0])) await this.options.send(this.screen.with(this.track));
  }

  private readonly resend = async (): Promise<void> => {
    await this.open();
    if (!this.over) await this.options.send(this.screen.with(this.track));
  };

  /** The track to send, or null if there is none. */
  private async open(): Promise<MediaStreamTrack | null> {
    const turn = ++this.turn;
    if (this.over) return null;
    if (this.stopped) {
      this.shared.letGo();
      return (this.track = null);
    }
    try {
      const opened = await this.source.track();
      if (turn !== this.turn || this.over) return this.track;
      const track = this.shared.take(opened);
      track.onended = () => this.ended(track);
      track.onmute = () => track === this.track && this.events.emit("silenced", true);
      track.onunmute = () => track === this.track && this.events.emit("silenced", false);
      this.track = track;
      this.gate();
      // A stream of the application that is over is sent as it is.
      if (track.readyState !== "ended") this.events.emit("microphone", { works: true, denied: false });
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
    this.events.emit("microphone", { works: false, denied: false, ended: true });
    void this.options.devices.refresh().then(this.resend);
  }

  /** Muted and held calls send nothing that can be heard. */
  private gate(): void {
    if (this.track && !this.over) this.track.enabled = !this.muted && !this.held;
  }
}
