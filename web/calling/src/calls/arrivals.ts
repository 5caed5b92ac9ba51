// Whether the pictures of others come, and how large they are: by the browser's counters.
import type { RemoteVideo } from "./remotevideo";

const LOOK_MS = 1_000;
/** Without pictures for this many looks, none are coming. */
const STILL = 2;

export interface ArrivalsOptions {
  stats(): Promise<RTCStatsReport | undefined> | undefined;
  /** The place of the connection that an entry is of. */
  mid(entry: Record<string, any>): string | undefined;
  /** What comes in a place. */
  at(mid: string): RemoteVideo | undefined;
  /** The server sends nothing there now. */
  paused(mid: string): boolean;
}

export class Arrivals {
  private timer?: ReturnType<typeof setInterval>;
  private counts = new Map<RemoteVideo, { frames: number; still: number }>();

  constructor(private options: ArrivalsOptions) {}

  /** Looks every second while anything is to come. */
  watch(on: boolean): void {
    if (on) this.timer ??= setInterval(() => void this.look(), LOOK_MS);
    else this.timer = void clearInterval(this.timer);
  }

  /** A stream is gone; without one, all are. */
  forget(stream?: RemoteVideo): void {
    if (stream) this.counts.delete(stream);
    else this.counts.clear();
  }

  private async look(): Promise<void> {
    const report = await this.options.stats();
    if (!report || this.timer === undefined) return;
    report.forEach((entry: Record<string, any>) => {
      if (entry.type !== "inbound-rtp" || entry.kind !== "video") return;
      const mid = this.options.mid(entry);
      const stream = mid === undefined ? undefined : this.options.at(mid);
      if (stream) this.count(stream, this.options.paused(mid!), entry);
    });
  }

  private count(stream: RemoteVideo, paused: boolean, entry: Record<string, any>): void {
    const frames = entry.framesDecoded ?? 0;
    const before = this.counts.get(stream);
    // In the place of another stream the counter goes on from that one's.
    const moves = before !== undefined && frames > before.frames;
    const still = moves ? 0 : (before?.still ?? 0) + 1;
    this.counts.set(stream, { frames, still });
    if (paused) return;
    if (moves && entry.frameWidth) stream.seen(entry.frameWidth, entry.frameHeight);
    else if (moves) stream.receive(true);
    else if (still >= STILL) stream.receive(false);
  }
}
