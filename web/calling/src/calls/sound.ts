// The sound of one call: what is sent, what is heard, and its peer connection.
import { Emitter } from "../emitter";
import { browserId, type Devices } from "../media/devices";
import type { LocalAudioStream } from "../media/localaudiostream";
import { Peer, type PeerState } from "../media/peer";
import { Speaker } from "../media/speaker";
import { meter } from "../media/volume";
import type { RemoteAudioStream } from "../types";
import { Sending, type SendingEvents } from "./sending";

export interface SoundOptions {
  devices: Devices;
  iceServers(): RTCIceServer[];
  offer(n: number, sdp: string): Promise<string>;
  /** A place for pictures of others, which share the connection. */
  slot(mid: string, track: MediaStreamTrack): void;
  log(line: string): void;
}

interface Events extends SendingEvents {
  /** The media path. */
  peer: PeerState;
  /** The server's sound has come. */
  remote: void;
}

export class Sound {
  readonly events = new Emitter<Events>();
  readonly remote: RemoteAudioStream;
  peer?: Peer;
  private speaker: Speaker;
  private sending: Sending;
  /** What is heard. It stays the same for the life of the call: each new connection has another track for it. */
  private heard?: MediaStream;
  private held = false;
  private over = false;
  private meters = new Set<{ dispose(): void }>();

  constructor(private options: SoundOptions) {
    this.speaker = new Speaker(options.log);
    this.sending = new Sending({ devices: options.devices, send: async (track) => this.peer?.send(track).catch((error) => options.log(`sound: ${error}`)), events: this.events, log: options.log });
    this.remote = this.makeRemote();
    options.devices.events.on("changed", this.devicesChanged);
  }

  get local(): ReadonlyArray<LocalAudioStream> {
    return this.sending.local;
  }

  get sent(): MediaStreamTrack | undefined {
    return this.sending.sent;
  }

  get hasRemote(): boolean {
    return this.heard !== undefined;
  }

  /**
   * Opens the microphone and connects. Without a microphone the call is only heard; so it is as
   * long as the user does not answer the browser's question for it.
   */
  async start(stream: LocalAudioStream | undefined): Promise<void> {
    await this.devicesChanged();
    const track = await this.sending.begin(stream);
    if (this.over) return;
    const { options } = this;
    this.peer = new Peer({
      iceServers: options.iceServers,
      offer: options.offer,
      log: options.log,
      sound: (track) => this.hear(track),
      slot: options.slot,
      changed: (state) => this.events.emit("peer", state),
    });
    await this.peer.start(track);
  }

  mute(muted: boolean): void {
    this.sending.mute(muted);
  }

  hold(held: boolean): void {
    this.held = held;
    this.sending.hold(held);
    this.speaker.mute(held || this.incomingMuted);
  }

  private incomingMuted = false;
  muteIncoming(muted: boolean): void {
    this.incomingMuted = muted;
    this.speaker.mute(muted || this.held);
  }

  use(stream: LocalAudioStream): Promise<void> {
    return this.sending.use(stream);
  }

  restore(): void {
    this.sending.restore();
  }

  share(stream: MediaStream | undefined): Promise<void> {
    return this.sending.share(stream);
  }

  close(): void {
    if (this.over) return;
    this.over = true;
    this.options.devices.events.off("changed", this.devicesChanged);
    this.peer?.close();
    this.speaker.stop();
    for (const one of this.meters) one.dispose();
    this.sending.close();
    this.events.clear();
  }

  private readonly devicesChanged = async (): Promise<void> => {
    const { devices } = this.options;
    await this.speaker.choose(devices.speaker ? browserId(devices.speaker.id) : "").catch((error) => this.options.log(`speaker: ${error}`));
    await this.sending.devicesChanged();
  };

  private hear(track: MediaStreamTrack): void {
    const first = this.heard === undefined;
    const stream = (this.heard ??= new MediaStream());
    const before = stream.getAudioTracks().filter((old) => old !== track);
    // The new one first: what plays a stream that has no track takes it for ended.
    stream.addTrack(track);
    for (const old of before) stream.removeTrack(old);
    this.speaker.mute(this.incomingMuted || this.held);
    this.speaker.play(stream);
    if (first) this.events.emit("remote");
  }

  private makeRemote(): RemoteAudioStream {
    let volume: ReturnType<typeof meter> | undefined;
    return {
      mediaStreamType: "Audio",
      getMediaStream: async () => this.heard!, // applications see it once it is heard
      getVolume: async () => {
        volume ??= meter(() => this.heard);
        if (this.over) volume.dispose();
        else this.meters.add(volume);
        return volume;
      },
    };
  }
}
