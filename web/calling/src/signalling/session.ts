// A session with the server. It outlives its sockets: a socket that is lost is
// replaced, and what was missed comes then (docs/browser-protocol.md, "Sessions").
//
//   connecting ──welcome──▶ live ──socket gone──▶ away ──welcome──▶ live
//        └──refused, 60 s──▶ over ◀──bye, 401, 120 s──┴──────────────┘
import { deferred } from "../deferred";
import { failure } from "../errors";
import { protocolVersion } from "../protocol";
import { finalOf, lossOf, type Final } from "./closecodes";
import { Exchange } from "./exchange";
import { sayGoodbye, sayGoodbyeLeaving } from "./goodbye";
import { IceServers } from "./iceservers";
import { Liveness } from "./liveness";
import { watchNetwork } from "./network";
import { Reach } from "./reach";
import type { SessionChange, SessionOptions, SessionState } from "./sessionoptions";
import type { Frame, Socket } from "./socket";
import { Tokens } from "./tokens";
export type { SessionChange, SessionOptions, SessionState } from "./sessionoptions";

/** How long the first connection may take. */
const FIRST_MS = 55_000;

export class Session {
  state: SessionState = "connecting";
  welcome?: Frame;
  /** The server has said that it will stop. */
  stopping = false;
  readonly ice: IceServers;
  private exchange: Exchange;
  private socket?: Socket;
  private id?: string;
  private liveness = new Liveness();
  private grace = 120_000;
  /** The first welcome. */
  private opened = deferred<void>();
  private tokens: Tokens;
  private reach: Reach;
  private leaveNetwork = (): void => {};

  constructor(private options: SessionOptions) {
    this.exchange = new Exchange({ live: () => this.state === "live", write: (frame) => this.socket?.send(frame), log: options.log });
    this.tokens = new Tokens({ token: options.token, log: options.log, request: (t, members) => this.request(t, members) });
    this.ice = new IceServers({ request: (t) => this.request(t), log: options.log });
    this.reach = new Reach({
      address: options.address,
      guessed: options.guessed === true,
      tokens: this.tokens,
      state: () => this.state,
      begun: () => this.welcome !== undefined,
      giveUp: (final) => this.giveUp(...final),
      hello: (token) => this.hello(token),
      made: (socket) => (this.socket = socket),
      wanted: (socket) => this.state !== "over" && (socket === undefined || (socket === this.socket && this.state !== "live")),
      events: { frame: (frame) => this.take(frame), closed: (code, reason) => this.lost(code, reason) },
      log: options.log,
    });
  }

  /** Connects. It rejects with a code if the server refuses, or does not answer within a minute. */
  open(): Promise<void> {
    this.reach.within(FIRST_MS);
    this.leaveNetwork = watchNetwork(this.retryNow);
    this.liveness.start(this.probe);
    void this.reach.connect();
    return this.opened.promise;
  }

  /** Sends a request, now or once there is a connection again. */
  request(t: string, members: object = {}): Promise<Frame> {
    return this.exchange.request(t, members);
  }

  /** Sees to it that the credentials of ICE servers are good for what is opened now. A welcome brings new ones anyway. */
  async refreshIce(): Promise<void> {
    if (this.state === "live") await this.ice.refresh();
  }

  /** Ends the session at the server, with all its calls. */
  close(): void {
    if (this.state === "live") this.exchange.send({ t: "bye" });
    else this.goodbye();
    this.end({});
  }

  /** Ends the session as the page is being left. Firefox has closed its sockets by then. */
  leave(): void {
    if (this.state === "live" && this.socket?.open) this.exchange.send({ t: "bye" });
    else if (this.state !== "over" && this.id) sayGoodbyeLeaving(this.options.address, this.id);
    this.end({});
  }

  /** Looks at once whether the server can be reached again. */
  readonly retryNow = (): void => (this.state === "live" ? this.probe() : this.reach.wake());

  /** Asks for a sign of life, and takes the socket for lost if there is none. */
  readonly probe = (): void => {
    if (this.state === "live" && this.socket) this.liveness.probe(this.socket);
  };

  private hello(token: string): Frame {
    const { displayName, userAgent } = this.options;
    const resume = this.id ? { session: this.id, lastSeq: this.exchange.last } : {};
    return { t: "hello", id: "hello", version: protocolVersion, token, displayName, userAgent, ...resume };
  }

  private take(frame: Frame): void {
    this.liveness.hear();
    if (frame.t === "welcome") return this.welcomed(frame);
    if (frame.re !== undefined) this.liveness.answered();
    const event = this.exchange.take(frame);
    if (event?.t === "goaway") this.stopping = true;
    if (event?.t === "token.needed") void this.tokens.renew();
    else if (event) this.options.event(event);
  }

  private welcomed(frame: Frame): void {
    const lost = this.id !== undefined && !frame.resumed;
    this.stopping &&= frame.resumed;
    this.id = frame.session;
    this.grace = frame.graceMs ?? this.grace;
    this.welcome = frame;
    this.ice.set(frame.iceServers);
    this.tokens.refused = 0;
    this.reach.reached();
    if (lost) this.exchange.forget();
    this.exchange.interrupt(); // before anybody hears of it and asks for more
    this.move("live", { lost, late: lost && this.liveness.late(this.grace) });
    this.opened.resolve();
    this.liveness.answered();
    if (frame.snapshot) this.options.event({ t: "snapshot", ...frame.snapshot });
    this.exchange.goOn();
  }

  /** The socket is gone. What follows depends on the server's close code. */
  private lost(code: number, reason: string): void {
    this.options.log(`connection lost: ${code} ${reason}`);
    this.socket = undefined;
    if (this.state === "over") return;
    const begun = this.id !== undefined;
    const final = finalOf(code, reason, begun) ?? this.tokens.finalOf(code, reason, begun, this.reach.deadline);
    if (final) return this.giveUp(...final);
    const unopened = code === 0 && this.state !== "live";
    this.reach.closed(code);
    const loss = lossOf(code, begun);
    if (this.state === "live") {
      this.reach.within(this.grace);
      this.liveness.lost();
      this.exchange.interrupt();
      this.move("away", {});
    }
    if (loss) this.forget(loss);
    this.reach.again(unopened);
  }

  /** The server does not know the session any more: the next one is new. */
  private forget(why: SessionChange): void {
    this.id = undefined;
    this.exchange.forget();
    this.options.changed(this.state, { late: this.liveness.late(this.grace), ...why });
  }

  /** Until when an interruption is one. */
  get until(): number {
    return this.reach.deadline;
  }

  private giveUp(...[code, subCode, message, reason]: Final): void {
    this.opened.reject(failure(code, subCode, message));
    if (reason === "invalidToken") this.goodbye();
    this.end({ reason, message });
  }

  /** Ends the session at the server where no socket does. */
  private goodbye(): void {
    if (this.state !== "over" && this.id) sayGoodbye(this.options.address, this.id);
  }

  private end(why: SessionChange): void {
    if (this.state === "over") return;
    this.leaveNetwork();
    this.liveness.stop();
    this.socket?.close();
    this.opened.reject(failure(490, 4502, "the agent was disposed of"));
    this.exchange.end();
    this.move("over", why);
    this.reach.wake();
  }

  private move(state: SessionState, why: SessionChange): void {
    this.state = state;
    this.options.changed(state, why);
  }
}
