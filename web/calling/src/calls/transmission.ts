// How a picture goes over the connection of a call: as much of it as is wanted and permitted,
// and nothing while the call is held.
import { Demand } from "../media/demand";
import type { Picture } from "../media/lines";
import type { Peer } from "../media/peer";
import type { VideoSendConstraints } from "../types";

export class Transmission {
  private demand: Demand;
  private held = false;
  private peer?: Peer;

  constructor(private kind: Picture) {
    this.demand = new Demand(kind);
  }

  /** It goes over this connection; nothing is known of what anybody wants. */
  begin(peer: Peer): void {
    this.peer = peer;
    this.wantAll();
  }

  /** Sends a track, or another one, or the same in another way. */
  async send(track: MediaStreamTrack | undefined): Promise<void> {
    if (track && this.kind === "screen") track.contentHint ||= "detail";
    await this.peer?.show(this.kind, { track: (!this.held && track) || null, encodings: this.demand.encodings(track ?? null) });
  }

  /** Sends nothing any more. */
  async end(): Promise<void> {
    this.wantAll();
    await this.peer?.show(this.kind, { track: null, encodings: [] });
  }

  hold(held: boolean): void {
    this.held = held;
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
    this.demand.limits = limits;
  }
}
