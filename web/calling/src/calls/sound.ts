// The sound of one call: what is sent, what is heard, and its peer connection.
import { Emitter } from "../emitter";
import { hasCode } from "../errors";
import { browserId, type Devices } from "../media/devices";
import { capture, localAudio, LocalAudioStream } from "../media/localaudiostream";
import { mixture, type Mixture } from "../media/mixture";
import { Peer, type PeerState } from "../media/peer";
import { Speaker } from "../media/speaker";
import { meter } from "../media/volume";
import { nap } from "../signalling/reconnect";
import type { AudioDeviceInfo, RemoteAudioStream } from "../types";

/** How long a call waits for the user to permit the microphone. The server gives up a call without media after 30 s. */
const ANSWER_MS = 3_000;

export interface SoundOptions {
  devices: Devices;
  iceServers(): RTCIceServer[];
  offer(n: number, sdp: string): Promise<string>;
  /** A place for pictures of others, which share the connection. */
  slot(mid: string, track: MediaStreamTrack): void;
  log(line: string): void;
}

interface Events {
  /** The media path. */
  peer: PeerState;
  /** The server's sound has come. */
  remote: void;
  /** What applications see in localAudioStreams. */
  local: { added: LocalAudioStream[]; removed: LocalAudioStream[] };
  /** A microphone could not be opened (false), or works (true). */
  microphone: { works: boolean; denied: boolean };
  /** The system has silenced the microphone (true), as for a telephone call or by taking the device away, or gives it back. */
  silenced: boolean;
}

export class Sound {
  readonly events = new Emitter<Events>();
  readonly remote: RemoteAudioStream;
  peer?: Peer;
  private speaker: Speaker;
  private chosen?: LocalAudioStream;
  /** The microphone as applications see it, while they have given no stream. */
  private usual?: LocalAudioStream;
  private microphone?: { device?: string; stream: MediaStream };
  private track: MediaStreamTrack | null = null;
  /** The microphone is being opened for the first time. */
  private asking = false;
  /** How often something was opened. */
  private turn = 0;
  private shared?: MediaStreamTrack;
  private mixed?: Mixture;
  private heard?: MediaStream;
  private waiting: ((stream: MediaStream) => void)[] = [];
  private muted = false;
  private held = false;
  private stopped = false;
  private over = false;
  private meters: { dispose(): void }[] = [];

  constructor(private options: SoundOptions) {
    this.speaker = new Speaker(options.log);
    this.remote = this.makeRemote();
    options.devices.events.on("changed", this.devicesChanged);
  }

  /** What is sent: the stream that the application gave, or else the microphone. */
  get local(): ReadonlyArray<LocalAudioStream> {
    const sent = this.chosen ?? this.usual;
    return sent ? [sent] : [];
  }

  /** The track of the microphone, or of what the application gave for it. */
  get sent(): MediaStreamTrack | undefined {
    return this.track ?? undefined;
  }

  get hasRemote(): boolean {
    return this.heard !== undefined;
  }

  /**
   * Opens the microphone and connects. Without a microphone the call is only heard; so it is as
   * long as the user does not answer the browser's question for it.
   */
  async start(stream: LocalAudioStream | undefined, muted: boolean): Promise<void> {
    this.muted = muted;
    if (stream) this.adopt(stream);
    await this.devicesChanged();
    this.asking = true;
    const opened = this.open().finally(() => (this.asking = false));
    const wait = nap(ANSWER_MS);
    await Promise.race([opened, wait.done]);
    wait.wake();
    const late = this.asking;
    void opened.then(() => {
      if (this.over) this.release();
      else if (late) void this.peer?.send(this.withShared(this.track));
    });
    if (this.over) return;
    const { options } = this;
    this.peer = new Peer({
      iceServers: options.iceServers,
      offer: options.offer,
      log: options.log,
      sound: (heard) => this.hear(heard),
      slot: options.slot,
      changed: (state) => this.events.emit("peer", state),
    });
    await this.peer.start(this.withShared(this.track));
  }

  mute(muted: boolean): void {
    this.muted = muted;
    this.gate();
  }

  hold(held: boolean): void {
    this.held = held;
    this.gate();
    this.speaker.mute(held || this.incomingMuted);
  }

  private incomingMuted = false;
  muteIncoming(muted: boolean): void {
    this.incomingMuted = muted;
    this.speaker.mute(muted || this.held);
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
    this.letGo();
    if (removed.length > 0) this.events.emit("local", { added: [], removed });
    void this.resend();
  }

  private letGo(): void {
    this.microphone?.stream.getTracks().forEach((track) => track.stop());
    this.microphone = undefined;
    this.hide();
  }

  /** Shows the microphone, which has just been opened, as a stream. */
  private show(device: AudioDeviceInfo, stream: MediaStream): void {
    const added = this.usual ? [] : [(this.usual = new LocalAudioStream(device))];
    localAudio(this.usual!).opened(device, stream);
    for (const one of added) localAudio(one).replaced.on("track", this.replaceUsual);
    if (added.length > 0) this.events.emit("local", { added, removed: [] });
  }

  private hide(): void {
    if (!this.usual) return;
    const inner = localAudio(this.usual);
    inner.replaced.off("track", this.replaceUsual);
    inner.dispose();
    this.usual = undefined;
  }

  /** The application gave the microphone's stream another source: now it is its own. */
  private readonly replaceUsual = (): void => {
    const stream = this.usual!;
    localAudio(stream).replaced.off("track", this.replaceUsual);
    this.usual = undefined;
    this.adopt(stream);
    void this.resend();
  };

  /** Sends the sound of a shared screen too, if it has any; without a stream, no longer. */
  async share(stream: MediaStream | undefined): Promise<void> {
    const track = stream?.getAudioTracks()[0];
    if (track === this.shared || this.over) return;
    this.shared = track;
    await this.peer?.send(this.withShared(this.track));
  }

  private withShared(track: MediaStreamTrack | null): MediaStreamTrack | null {
    const before = this.mixed;
    this.mixed = this.shared && mixture(track ? [track, this.shared] : [this.shared]);
    before?.close();
    return this.mixed?.track ?? track;
  }

  close(): void {
    if (this.over) return;
    this.over = true;
    this.options.devices.events.off("changed", this.devicesChanged);
    this.peer?.close();
    this.speaker.stop();
    for (const one of this.meters) one.dispose();
    this.release();
    this.events.clear();
  }

  private release(): void {
    this.mixed?.close();
    this.letGo();
    if (!this.chosen) return;
    const inner = localAudio(this.chosen);
    inner.replaced.off("track", this.resend);
    if (inner.autoDispose) inner.dispose();
  }

  private adopt(stream: LocalAudioStream): void {
    if (this.chosen && this.chosen !== stream) localAudio(this.chosen).replaced.off("track", this.resend);
    this.chosen = stream;
    localAudio(stream).replaced.on("track", this.resend);
    this.letGo();
  }

  private readonly resend = async (): Promise<void> => {
    const track = await this.open();
    if (!this.over) await this.peer?.send(this.withShared(track));
  };

  /** The track to send, or null if there is none. */
  private async open(): Promise<MediaStreamTrack | null> {
    const turn = ++this.turn;
    if (this.stopped) return (this.track = null);
    try {
      const track = this.chosen ? await localAudio(this.chosen).track() : await this.fromMicrophone();
      if (turn !== this.turn) return this.outdone();
      track.onended = () => this.ended(track);
      track.onmute = () => track === this.track && this.events.emit("silenced", true);
      track.onunmute = () => track === this.track && this.events.emit("silenced", false);
      this.track = track;
      this.gate();
      this.events.emit("microphone", { works: true, denied: false });
    } catch (error) {
      if (turn !== this.turn) return this.track;
      this.track = null;
      this.options.log(`microphone: ${error instanceof Error ? error.message : error}`);
      this.events.emit("microphone", { works: false, denied: hasCode(error) && error.code === 403 });
    }
    return this.track;
  }

  /** Something else was to be sent before the microphone had opened. */
  private outdone(): MediaStreamTrack | null {
    if (this.chosen || this.stopped) this.letGo();
    return this.track;
  }

  private async fromMicrophone(): Promise<MediaStreamTrack> {
    const device = this.options.devices.microphone;
    if (this.microphone && this.microphone.device === device?.id && live(this.microphone.stream)) return this.microphone.stream.getAudioTracks()[0];
    const stream = await capture(device);
    this.microphone?.stream.getTracks().forEach((track) => track.stop());
    this.microphone = { device: device?.id, stream };
    if (!device) await this.options.devices.refresh();
    const opened = this.options.devices.microphone ?? device;
    this.microphone.device = opened?.id;
    if (opened) this.show(opened, stream);
    return stream.getAudioTracks()[0];
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

  private readonly devicesChanged = async (): Promise<void> => {
    const { devices } = this.options;
    await this.speaker.choose(devices.speaker ? browserId(devices.speaker.id) : "").catch((error) => this.options.log(`speaker: ${error}`));
    const other = devices.microphone && this.microphone && devices.microphone.id !== this.microphone.device;
    if (!this.over && this.peer && !this.asking && !this.chosen && !this.stopped && (other || this.track === null)) await this.resend();
  };

  private hear(stream: MediaStream): void {
    this.heard = stream;
    this.speaker.mute(this.incomingMuted || this.held);
    this.speaker.play(stream);
    for (const resolve of this.waiting.splice(0)) resolve(stream);
    this.events.emit("remote");
  }

  private makeRemote(): RemoteAudioStream {
    let volume: ReturnType<typeof meter> | undefined;
    return {
      mediaStreamType: "Audio",
      getMediaStream: () => (this.heard ? Promise.resolve(this.heard) : new Promise((resolve) => this.waiting.push(resolve))),
      getVolume: async () => {
        if (!volume) this.meters.push((volume = meter(() => this.heard)));
        return volume;
      },
    };
  }
}

function live(stream: MediaStream): boolean {
  return stream.getAudioTracks()[0]?.readyState === "live";
}

