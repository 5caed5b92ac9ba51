// The media of one call: one RTCPeerConnection at a time, which the client
// alone offers, and its recovery (docs/browser-protocol.md, "Media").
//
//   new ──offer──▶ connecting ──ICE──▶ connected ⇄ away
//                       └──────────────────┴──120 s──▶ (the server ends the call)
// Away: restart ICE three times, then a new connection, until the call ends.

import { deferred } from "../deferred";
import { Lines, type Picture, type Sending } from "./lines";
import { Negotiation } from "./negotiation";
import { unreachable } from "./unreachable";

export type PeerState = "new" | "connecting" | "connected" | "away" | "closed";

export interface PeerOptions {
  /** Those of the server as it is when a connection is made. */
  iceServers(): RTCIceServer[];
  /** Sends an offer, and gives the server's answer. */
  offer(n: number, sdp: string): Promise<string>;
  /** The server's sound; after a new connection, in another track. */
  sound(track: MediaStreamTrack): void;
  /** What comes in a place for pictures of others. */
  slot(mid: string, track: MediaStreamTrack): void;
  changed(state: PeerState): void;
  log(line: string): void;
}

const RESTART_AFTER_MS = 1_000;
const RESTARTS = 3;
const RETRY_MS = 4_000;

export class Peer {
  state: PeerState = "new";
  /** Why there is no path, if that is known. */
  obstacle?: string;
  private connection?: RTCPeerConnection;
  private lines?: Lines;
  private track: MediaStreamTrack | null = null;
  private pictures: Partial<Record<Picture, Sending>> = {};
  private slots = 0;
  private restarts = 0;
  private timer?: ReturnType<typeof setTimeout>;
  /** The first answer to the present connection or, where that is given up before, to the next one. */
  private answer = deferred<void>();
  private isAnswered = false;
  private negotiation: Negotiation;

  constructor(private options: PeerOptions) {
    this.negotiation = new Negotiation({
      connection: () => this.connection,
      offer: options.offer,
      away: () => this.state === "away",
      answered: () => {
        this.isAnswered = true;
        this.answer.resolve();
      },
      log: options.log,
    });
  }

  /** Connects with a track, or without one until there is one. */
  async start(track: MediaStreamTrack | null): Promise<void> {
    this.track = track;
    this.make();
    this.move("connecting");
    await this.negotiate(false);
  }

  /** Sends another track, or nothing, without a new offer. */
  async send(track: MediaStreamTrack | null): Promise<void> {
    this.track = track;
    await this.lines?.say(track);
  }

  /** Sends a picture, or none, without a new offer. */
  async show(kind: Picture, sending: Sending): Promise<void> {
    this.pictures[kind] = sending;
    await this.lines?.send(kind, sending);
  }

  /** Whether the server takes pictures of a kind. It waits for the answer: the server may say that the call is connected before the browser has read it. */
  async takes(kind: Picture): Promise<boolean> {
    for (let known; known !== this.answer; ) await (known = this.answer).promise;
    return this.lines?.takes(kind) ?? false;
  }

  /** Makes places for the pictures of so many others. */
  async need(slots: number): Promise<void> {
    this.slots = Math.max(this.slots, slots);
    if (this.lines?.more(slots)) await this.negotiate(false);
  }

  /** Looks for a new path, as after the signalling has come back elsewhere. */
  restart(): void {
    if (this.state === "away" || this.state === "connecting") this.recover();
  }

  /** The server has lost the call: there is nothing to connect to, until `renew`. */
  drop(): void {
    if (this.state === "closed") return;
    clearTimeout(this.timer);
    this.discard();
    if (this.state === "connected") this.move("away");
  }

  /** Connects anew. */
  renew(): void {
    if (this.state === "closed" || this.state === "new") return;
    this.restarts = RESTARTS;
    this.recover();
  }

  stats(): Promise<RTCStatsReport | undefined> {
    return this.connection?.getStats().catch(() => undefined) ?? Promise.resolve(undefined); // it was closed meanwhile
  }

  close(): void {
    if (this.state === "closed") return;
    clearTimeout(this.timer);
    this.discard();
    this.answer.resolve(); // there will be none
    this.move("closed");
  }

  private make(): void {
    const connection = new RTCPeerConnection(this.configuration());
    this.connection = connection;
    const lines = (this.lines = new Lines(connection, this.track));
    lines.more(this.slots);
    for (const [kind, sending] of Object.entries(this.pictures))
      lines.send(kind as Picture, sending).catch((error) => this.options.log(`media: ${error}`));
    connection.ontrack = ({ track, transceiver }) => (track.kind === "audio" ? this.options.sound(track) : this.options.slot(transceiver.mid ?? "", track));
    connection.oniceconnectionstatechange = () => this.look(connection);
    connection.onconnectionstatechange = () => this.look(connection);
  }

  private configuration(): RTCConfiguration {
    return { iceServers: this.options.iceServers(), bundlePolicy: "max-bundle" };
  }

  private discard(): void {
    const old = this.connection;
    this.connection = this.lines = undefined;
    if (!old) return;
    if (this.isAnswered) this.answer = deferred();
    this.isAnswered = false;
    old.ontrack = old.oniceconnectionstatechange = old.onconnectionstatechange = null;
    old.close();
  }

  private look(connection: RTCPeerConnection): void {
    if (connection !== this.connection || this.state === "closed") return;
    const ice = connection.iceConnectionState;
    if (connection.connectionState === "connected" && (ice === "connected" || ice === "completed")) {
      clearTimeout(this.timer);
      this.restarts = 0;
      if (this.state !== "connected") this.move("connected");
      return;
    }
    const lost = ice === "disconnected" || ice === "failed" || connection.connectionState === "failed";
    if (lost && this.state === "connected") {
      this.move("away");
      this.later(ice === "disconnected" ? RESTART_AFTER_MS : 0);
    } else if (ice === "failed" || connection.connectionState === "failed") {
      this.obstacle = unreachable(connection.remoteDescription?.sdp ?? "", globalThis.navigator?.userAgent ?? "");
      this.later(0);
    }
  }

  private later(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.recover(), ms);
  }

  /** One step of recovery; the next follows if this one has not connected. */
  private recover(): void {
    if (this.state === "closed" || this.state === "new") return;
    const renew = ++this.restarts > RESTARTS;
    if (renew) {
      this.restarts = 0;
      this.discard();
      this.make();
    } else {
      this.connection?.setConfiguration?.(this.configuration()); // credentials of TURN may be new. Firefox before 119 has no such function
    }
    this.options.log(renew ? "media: a new connection" : `media: ICE restart ${this.restarts}`);
    void this.negotiate(!renew).catch((error) => this.options.log(`media: ${error}`));
    this.later(RETRY_MS);
  }

  private negotiate(iceRestart: boolean): Promise<void> {
    return this.negotiation.run(iceRestart);
  }

  private move(state: PeerState): void {
    this.state = state;
    this.options.changed(state);
  }
}
