// Where the sound of a call comes from: a stream that the application gave, or else the microphone.
import type { Devices } from "../media/devices";
import { localAudio, type LocalAudioStream } from "../media/localaudiostream";
import { Microphone } from "./microphone";

export interface SoundSourceOptions {
  devices: Devices;
  /** What applications see in localAudioStreams has changed. */
  listed(change: { added: LocalAudioStream[]; removed: LocalAudioStream[] }): void;
  /** There is another track to open. */
  changed(): void;
  /** The application has disposed of its stream. */
  disposed(): void;
}

export class SoundSource {
  /** The stream of the application. */
  chosen?: LocalAudioStream;
  /** What the application had chosen before it went back to the microphone. It may choose that again: what it makes it of stays open, as the microphone is. */
  private left?: LocalAudioStream;
  private microphone: Microphone;

  constructor(private options: SoundSourceOptions) {
    this.microphone = new Microphone({
      devices: options.devices,
      shown: (stream) => options.listed({ added: [stream], removed: [] }),
      taken: (stream) => {
        this.adopt(stream);
        options.changed();
      },
      disposed: options.disposed,
    });
  }

  /** As applications see it. */
  get local(): ReadonlyArray<LocalAudioStream> {
    const sent = this.chosen ?? this.microphone.stream;
    return sent ? [sent] : [];
  }

  /** Another microphone was chosen than the one that is open. */
  get isOther(): boolean {
    return this.microphone.isOther;
  }

  /** Opens it, if it is not open. */
  track(): Promise<MediaStreamTrack> {
    return this.chosen ? localAudio(this.chosen).track() : this.microphone.track();
  }

  /** From now on a stream of the application. */
  take(stream: LocalAudioStream): void {
    this.change(() => this.adopt(stream));
  }

  /** From now on nothing, or the microphone when it is opened next. A stream of the application is the application's to close. */
  leave(): void {
    this.change(() => {
      this.left = this.chosen ?? this.left;
      this.drop();
    });
  }

  /** The call is over, which ends the stream of the application unless that keeps it, or another call sends it. */
  close(): void {
    const inner = this.chosen && localAudio(this.chosen);
    this.leave();
    this.release();
    if (inner?.autoDispose && inner.takers.size === 0) inner.dispose();
  }

  private adopt(stream: LocalAudioStream): void {
    if (stream === this.microphone.stream || stream === this.chosen) return;
    const before = this.chosen ?? this.left;
    this.drop();
    this.left = before === stream ? undefined : before;
    this.release();
    if (this.microphone.takes(stream)) return;
    this.chosen = stream;
    localAudio(stream).takers.add(this);
    localAudio(stream).changes.on("track", this.options.changed);
    localAudio(stream).changes.on("disposed", this.options.disposed);
  }

  private drop(): void {
    this.microphone.letGo();
    if (!this.chosen) return;
    localAudio(this.chosen).takers.delete(this);
    localAudio(this.chosen).changes.off("track", this.options.changed);
    localAudio(this.chosen).changes.off("disposed", this.options.disposed);
    this.chosen = undefined;
  }

  /** What was left is not sent again. */
  private release(): void {
    const left = this.left && localAudio(this.left);
    if (left?.takers.size === 0) left.release();
    this.left = undefined;
  }

  private change(work: () => void): void {
    const before = this.local;
    work();
    const added = this.local.filter((stream) => !before.includes(stream));
    const removed = before.filter((stream) => !this.local.includes(stream));
    if (added.length + removed.length > 0) this.options.listed({ added, removed });
  }
}
