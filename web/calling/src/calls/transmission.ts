// How a picture goes over the connection of a call: as much of it as is wanted and permitted,
// and nothing while the call is held.
import { Demand } from "../media/demand";
import type { Picture } from "../media/lines";
import type { Peer } from "../media/peer";
import type { VideoSendConstraints } from "../types";

/** How soon pictures whose size is not known are looked at again: those of a canvas have none before the first is drawn. */
const SIZE_MS = 500;

export class Transmission {
  private demand: Demand;
  private held = false;
  private peer?: Peer;
  private sizing?: ReturnType<typeof setTimeout>;

  constructor(private kind: Picture, private failed: (error: unknown) => void) {
    this.demand = new Demand(kind);
  }

  /** It goes over this connection; nothing is known of what anybody wants. */
  begin(peer: Peer): void {
    this.peer = peer;
    this.wantAll();
  }

  /** Sends a track, or another one, or the same in another way. */
  async send(track: MediaStreamTrack | undefined): Promise<void> {
    clearTimeout(this.sizing);
    if (track && !sized(track)) this.awaitSize(track);
    if (track && this.kind === "screen") track.contentHint ||= "detail";
    await this.peer?.show(this.kind, { track: (!this.held && track) || null, encodings: this.demand.encodings(track ?? null) });
  }

  /** How many encodings there are depends on the size, which some browsers never tell. */
  private awaitSize(track: MediaStreamTrack): void {
    this.sizing = setTimeout(() => (sized(track) ? void this.send(track).catch(this.failed) : this.awaitSize(track)), SIZE_MS);
  }

  /** Sends nothing any more. */
  async end(): Promise<void> {
    clearTimeout(this.sizing);
    this.wantAll();
    await this.peer?.show(this.kind, { track: null, encodings: [] });
  }

  /** It says whether that is new. */
  hold(held: boolean): boolean {
    if (held === this.held) return false;
    this.held = held;
    return true;
  }

  /** Which encodings anybody wants. */
  want(rids: string[]): void {
    this.demand.rids = new Set(rids);
  }

  /** What is wanted is not known yet. */
  wantAll(): void {
    this.demand.rids = undefined;
  }

  /** Bounds on what is sent, by the application. */
  limit(limits: VideoSendConstraints): void {
    this.demand.bound(limits);
  }
}

const sized = (track: MediaStreamTrack): boolean => track.getSettings().width !== undefined;
