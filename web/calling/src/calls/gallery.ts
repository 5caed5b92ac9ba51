// The pictures of the others in one call: which are on, which are wanted and how
// large, and in which place of the peer connection each comes
// (docs/browser-protocol.md, "Pictures").
import { Emitter } from "../emitter";
import type { Peer } from "../media/peer";
import { Arrivals } from "./arrivals";
import { RemoteVideo, type StreamKind } from "./remotevideo";

/** A stream of the server's roster. */
export interface StreamInfo {
  id: number;
  kind: StreamKind;
}
interface Slot {
  mid: string;
  stream?: number;
  paused?: "bandwidth" | "sender" | "codec";
}
interface View {
  id: number;
  width: number;
  height: number;
}

export interface GalleryOptions {
  peer(): Peer | undefined;
  /** Tells the server what is shown: media.want. */
  want(streams: View[]): Promise<unknown>;
  log(line: string): void;
}

/** Views open and change in groups; the server is told once. */
const GATHER_MS = 50;

export class Gallery {
  /** How many streams the path does not carry now. */
  readonly events = new Emitter<{ starved: number }>();
  private streams = new Map<number, RemoteVideo>();
  private tracks = new Map<string, MediaStreamTrack>();
  private slots: Slot[] = [];
  private told = "";
  private timer?: ReturnType<typeof setTimeout>;
  private ready = false;
  private held = false;
  private over = false;
  private arrivals: Arrivals;
  private made = 0;

  constructor(private options: GalleryOptions) {
    this.arrivals = new Arrivals({
      stats: () => options.peer()?.stats(),
      mid: (entry) => this.midOf(entry),
      at: (mid) => this.at(mid),
      paused: (mid) => this.slots.find((slot) => slot.mid === mid)?.paused !== undefined,
    });
  }

  /** The stream of an id; a new one if it has just come. */
  stream(info: StreamInfo): RemoteVideo {
    let found = this.streams.get(info.id);
    if (!found) {
      found = new RemoteVideo(info.id, info.kind, this.changed, ++this.made);
      this.streams.set(info.id, found);
      this.place();
    }
    return found;
  }

  /** The server has lost the call, and with it its numbers of streams, its places, and what was wanted. */
  forget(): void {
    const all = [...this.streams.values()];
    this.streams.clear();
    this.arrivals.forget();
    this.tracks.clear();
    for (const stream of all) stream.place(undefined);
    this.told = "";
    this.take([]);
  }

  /** A stream that was forgotten has come back. */
  adopt(stream: RemoteVideo, info: StreamInfo): void {
    stream.id = info.id;
    this.streams.set(info.id, stream);
    this.place();
    this.changed();
  }

  /** A stream that will not come back. */
  drop(stream: RemoteVideo): void {
    if (this.streams.get(stream.id) === stream) this.streams.delete(stream.id);
    this.arrivals.forget(stream);
    stream.end();
  }

  /** The peer connection has a place; after a new connection, others. */
  slot(mid: string, track: MediaStreamTrack): void {
    this.tracks.set(mid, track);
    this.place();
  }

  /** The server says what comes where. */
  take(slots: Slot[]): void {
    this.slots = slots;
    this.place();
    const starved = slots.filter((slot) => slot.paused === "bandwidth").length;
    this.events.emit("starved", starved);
  }

  /** The call takes requests (true) from now on, or does not yet. */
  set established(ready: boolean) {
    this.ready = ready;
    if (ready) this.changed();
  }

  /** The server has to be told anew what is wanted. */
  again(): void {
    this.told = "";
    this.changed();
  }

  /** How many streams come. */
  get coming(): number {
    return this.slots.filter((slot) => slot.stream !== undefined && !slot.paused).length;
  }

  /** What comes in a place. */
  at(mid: string): RemoteVideo | undefined {
    const slot = this.slots.find((one) => one.mid === mid);
    return slot?.stream === undefined ? undefined : this.streams.get(slot.stream);
  }

  /** The place that an inbound-rtp entry of the browser's counters is of. Firefox, and Safari before 17, name the track alone. */
  midOf({ mid, trackIdentifier }: { mid?: string; trackIdentifier?: string }): string | undefined {
    return mid ?? [...this.tracks].find(([, track]) => track.id === trackIdentifier)?.[0];
  }

  hold(held: boolean): void {
    if (held === this.held) return;
    this.held = held;
    this.changed();
  }

  close(): void {
    this.over = true;
    clearTimeout(this.timer);
    this.arrivals.watch(false);
    for (const stream of [...this.streams.values()]) this.drop(stream);
    this.events.clear();
  }

  // ---- what is wanted ----

  private readonly changed = (): void => {
    if (this.over || this.timer !== undefined) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.tell();
    }, GATHER_MS);
  };

  private tell(): void {
    if (!this.ready || this.over) return;
    const views: View[] = [];
    for (const stream of this.streams.values()) {
      const want = stream.want;
      if (want) views.push({ id: stream.id, ...(this.held ? { width: 0, height: 0 } : want) });
    }
    const text = JSON.stringify(views);
    if (text === (this.told || "[]")) return;
    this.told = text;
    this.options.want(views).catch((error) => {
      this.options.log(`pictures: ${error}`);
      if (this.told === text) this.told = "";
    });
  }

  // ---- what comes ----

  private place(): void {
    const here = new Map<number, Slot>();
    for (const slot of this.slots) if (slot.stream !== undefined) here.set(slot.stream, slot);
    // Those that leave a place first: a track is in one stream at a time.
    for (const stream of this.streams.values()) if (!here.has(stream.id)) stream.place(undefined);
    for (const [id, slot] of here) {
      const stream = this.streams.get(id);
      stream?.place(this.tracks.get(slot.mid));
      if (slot.paused) stream?.receive(false);
    }
    this.arrivals.watch(here.size > 0 && !this.over);
  }
}
