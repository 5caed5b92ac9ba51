// The microphone of a call that was given no stream: the one that is chosen in the device
// manager. Applications see it as a stream too.
import { failure } from "../errors";
import type { Devices } from "../media/devices";
import { capture, localAudio, LocalAudioStream } from "../media/localaudiostream";
import type { AudioDeviceInfo } from "../types";

export interface MicrophoneOptions {
  devices: Devices;
  /** Applications see it from now on. */
  shown(stream: LocalAudioStream): void;
  /** An application gave its stream another source: the stream is its own now. */
  taken(stream: LocalAudioStream): void;
  /** An application has disposed of its stream. */
  disposed(): void;
}

export class Microphone {
  /** As applications see it, while it is open. */
  stream?: LocalAudioStream;
  private open?: { device?: string; stream: MediaStream };
  /** How often one was asked for, or let go. */
  private turn = 0;
  /** As applications saw it, and may give it back. */
  private own = new WeakSet<LocalAudioStream>();

  constructor(private options: MicrophoneOptions) {}

  /** Another one was chosen than the one that is open. */
  get isOther(): boolean {
    const { microphone } = this.options.devices;
    return microphone !== undefined && this.open !== undefined && microphone.id !== this.open.device;
  }

  /** Opens the one that is chosen, if it is not open. One that opens after another was asked for is closed again, and rejected. */
  async track(): Promise<MediaStreamTrack> {
    const turn = ++this.turn;
    const { devices } = this.options;
    const device = devices.microphone;
    const [before] = this.open?.stream.getAudioTracks() ?? [];
    if (this.open?.device === device?.id && before?.readyState === "live") return before;
    const stream = await capture(device).catch((error) => {
      if (turn !== this.turn || before?.readyState !== "live") throw error;
      devices.stay(this.open?.device); // better heard by the one before than not at all
      return this.open!.stream;
    });
    if (stream === this.open?.stream) return stream.getAudioTracks()[0];
    if (turn !== this.turn) {
      stream.getTracks().forEach((track) => track.stop());
      throw outdone();
    }
    this.open?.stream.getTracks().forEach((track) => track.stop());
    this.open = { device: device?.id, stream };
    if (!device) await devices.refresh(); // now that it is permitted, it has a name
    if (this.open?.stream !== stream) throw outdone();
    const opened = devices.microphone ?? device;
    this.open.device = opened?.id;
    if (opened) this.show(opened, stream);
    return stream.getAudioTracks()[0];
  }

  /** Closes it. */
  letGo(): void {
    this.turn++;
    this.open?.stream.getTracks().forEach((track) => track.stop());
    this.open = undefined;
    if (!this.stream) return;
    const inner = localAudio(this.stream);
    inner.changes.off("track", this.replaced);
    inner.changes.off("disposed", this.options.disposed);
    inner.dispose();
    this.stream = undefined;
  }

  /** The application gives back what it was shown, to be sent again: it follows the choice of the device manager as before. False: it is a stream of its own. */
  takes(stream: LocalAudioStream): boolean {
    if (!this.own.has(stream)) return false;
    if (stream !== this.stream) this.follow(stream);
    return true;
  }

  private show(device: AudioDeviceInfo, stream: MediaStream): void {
    const made = this.stream === undefined;
    const shown = this.stream ?? new LocalAudioStream(device);
    localAudio(shown).opened(device, stream);
    if (!made) return;
    this.own.add(shown);
    this.follow(shown);
    this.options.shown(shown);
  }

  private follow(stream: LocalAudioStream): void {
    this.stream = stream;
    localAudio(stream).changes.on("track", this.replaced);
    localAudio(stream).changes.on("disposed", this.options.disposed);
  }

  private readonly replaced = (): void => {
    const stream = this.stream!;
    localAudio(stream).changes.off("track", this.replaced);
    localAudio(stream).changes.off("disposed", this.options.disposed);
    this.stream = undefined;
    this.own.delete(stream);
    if (localAudio(stream).raw === this.open?.stream) this.open = undefined; // it is the stream's to close now
    this.options.taken(stream);
  };
}

function outdone(): Error {
  return failure(410, 0, "another sound was chosen before the microphone had opened");
}
