// A session with the server. It outlives its sockets: a socket that is lost is
// replaced, and what was missed comes then (docs/browser-protocol.md, "Sessions").
//
//   connecting ──welcome──▶ live ──socket gone──▶ away ──welcome──▶ live
//        └──refused, 60 s──▶ over ◀──bye, 401, 120 s──┴──────────────┘
import { claims } from "../endpoint";
import { failure } from "../errors";
import { protocolVersion } from "../protocol";
import { CLOSE, finalOf, type Final } from "./closecodes";
import { Liveness } from "./liveness";
import { Received } from "./received";
import { delayBefore, inTime, nap } from "./reconnect";
import { refusal } from "./refusal";
import { Requests } from "./requests";
import { Socket, type Frame } from "./socket";

export type SessionState = "connecting" | "live" | "away" | "over";

export interface SessionOptions {
  address: string;
  /** The address was a guess: if another service answers there, the token is one for somewhere else. */
  guessed?: boolean;
  token(): Promise<string>;
  displayName?: string;
  userAgent: string;
  log(line: string): void;
  /** Every event of the server. */
  event(frame: Frame): void;
  /** The state has changed. */
  changed(state: SessionState, why: SessionChange): void;
}

export interface SessionChange {
  /** The server no longer knows the session, nor its calls. */
  lost?: boolean;
  /** They are too old to be gone on with. */
  late?: boolean;
  reason?: "invalidToken" | "connectionIssue";
  /** Why the session is over, in words. */
  message?: string;
}

const FIRST_MS = 55_000;
const ANSWER_MS = 8_000;
/** How late a credential may be with another token, once it has seen that its own expired. */
const CLOCK_MS = 2_000;

export class Session {
  state: SessionState = "connecting";
  welcome?: Frame;
  /** The server has said that it will stop. */
  stopping = false;
  private requests = new Requests();
  private socket?: Socket;
  private id?: string;
  private received = new Received(() => this.state === "live" && this.send({ t: "ack" }));
  private liveness = new Liveness();
  private grace = 120_000;
  private deadline = 0;
  /** The token that was shown last. */
  private token = "";
  private wake = (): void => {};
  private attempt = 0;
  private refused = 0;
  private settle?: { resolve(): void; reject(error: unknown): void };
  private renewing = false;
  private asking = false;
  /** Why the server takes no socket, as it said last. */
  private said?: string;

  constructor(private options: SessionOptions) {}

  /** Connects. It rejects with a code if the server refuses, or does not answer within a minute. */
  open(): Promise<void> {
    this.deadline = Date.now() + FIRST_MS;
    globalThis.addEventListener?.("online", this.retryNow);
    this.liveness.start(this.probe);
    return new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
      void this.connect();
    });
  }

  /** Sends a request, now or once there is a connection again. */
  request(t: string, members: object = {}): Promise<Frame> {
    if (this.state === "over") return Promise.reject(failure(490, 4502, "the connection to the server is over"));
    return this.requests.add({ t, ...members }, this.state === "live" ? this.send : undefined);
  }

  /** Ends the session at the server, with all its calls. */
  close(): void {
    if (this.state === "live") this.send({ t: "bye" });
    else this.goodbye();
    this.end({});
  }

  /** Looks at once whether the server can be reached again. */
  readonly retryNow = (): void => (this.state === "live" ? this.probe() : this.wake());

  /** Asks for a sign of life, and takes the socket for lost if there is none. */
  readonly probe = (): void => {
    const socket = this.socket;
    if (this.state !== "live" || !socket) return;
    const asked = Date.now();
    socket.send({ t: "ping", id: "ping" });
    setTimeout(() => {
      if (this.socket === socket && !this.liveness.heardSince(asked)) socket.end(0, "the server is silent");
    }, ANSWER_MS);
  };

  private send = (frame: Frame): void => {
    this.socket?.send(this.received.with(frame));
  };

  private async connect(): Promise<void> {
    const wait = nap(inTime(delayBefore(this.attempt++), this.deadline - Date.now()));
    this.wake = wait.wake;
    await wait.done;
    if (this.state === "over") return;
    let token: string;
    try {
      token = this.token = await this.options.token();
    } catch (error) {
      this.options.log(`no token: ${error}`);
      // Whoever gives tokens may be out of reach as the server is: calls go on meanwhile.
      if (this.state === "away" && Date.now() < this.deadline) return this.connect();
      return this.giveUp(401, 10009, "the token credential gave no token", "invalidToken");
    }
    if (this.ended()) return;
    try {
      const socket = new Socket(this.options.address, { frame: (frame) => this.take(frame), closed: (code, reason) => this.lost(code, reason) }, () => {
        socket.send(this.hello(token));
        // What takes sockets need not be the server, which answers at once.
        setTimeout(() => this.socket === socket && this.state !== "live" && socket.end(0, "the server does not answer hello"), ANSWER_MS);
      });
      this.socket = socket;
    } catch (error) {
      this.giveUp(490, 4502, String(error), "connectionIssue");
    }
  }

  private hello(token: string): Frame {
    const { displayName, userAgent } = this.options;
    const resume = this.id ? { session: this.id, lastSeq: this.received.last } : {};
    return { t: "hello", id: "hello", version: protocolVersion, token, displayName, userAgent, ...resume };
  }

  private take(frame: Frame): void {
    this.liveness.hear();
    if (frame.t === "welcome") return this.welcomed(frame);
    if (frame.re === "ping") return;
    if (frame.re !== undefined) {
      if (!this.requests.answer(frame, this.send) && frame.t === "error") this.options.log(`error without a request: ${frame.message}`);
      return;
    }
    if (typeof frame.seq === "number" && !this.received.take(frame.seq)) return;
    if (frame.t === "goaway") this.stopping = true;
    if (frame.t === "token.needed") void this.renew();
    else this.options.event(frame);
  }

  private welcomed(frame: Frame): void {
    const lost = this.id !== undefined && !frame.resumed;
    if (!frame.resumed) this.received.reset();
    this.stopping &&= frame.resumed;
    this.id = frame.session;
    this.grace = frame.graceMs ?? this.grace;
    this.welcome = frame;
    this.attempt = this.refused = 0;
    this.said = undefined;
    if (lost) this.requests.fail(410, 3101, "the server has lost the session");
    this.requests.unsent(); // before anybody hears of it and asks for more
    this.move("live", { lost, late: lost && this.liveness.late(this.grace) });
    this.settle?.resolve();
    this.settle = undefined;
    if (frame.snapshot) this.options.event({ t: "snapshot", ...frame.snapshot });
    this.requests.flush(this.send);
  }

  /** The socket is gone. What follows depends on the server's close code. */
  private lost(code: number, reason: string): void {
    this.options.log(`connection lost: ${code} ${reason}`);
    this.socket = undefined;
    if (this.ended()) return;
    const final = finalOf(code, reason, this.id !== undefined);
    if (final) return this.giveUp(...final);
    let lost: SessionChange | undefined;
    const unopened = code === 0 && this.state !== "live";
    switch (code) {
      case CLOSE.unauthorized:
        // A token may have expired on its way; a second refusal is final.
        if (++this.refused > 1 && !this.expiredForServerOnly) return this.giveUp(401, 10009, reason || "the server refused the token", "invalidToken");
        break;
      case CLOSE.malformed:
        lost = { lost: true, late: true }; // joined anew, it would be said again
        break;
      case CLOSE.noSession:
      case CLOSE.stopping:
        if (code === CLOSE.noSession) this.attempt = 0; // the server is there
        if (this.id) lost = { lost: true };
        break;
      case CLOSE.tooMany:
        this.attempt = Math.max(this.attempt, 2);
    }
    if (this.state === "live") {
      this.deadline = Date.now() + this.grace;
      this.liveness.lost();
      this.requests.unsent();
      this.move("away", {});
    }
    if (lost) this.forget(lost);
    if (unopened) void this.askWhy();
    if (Date.now() > this.deadline) return this.giveUp(this.settle ? 408 : 496, this.settle ? 40101 : 7, this.said ?? "the server could not be reached", "connectionIssue");
    void this.connect();
  }

  /** A socket did not open: nobody waits for a server that would never take it. */
  private async askWhy(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    const begun = this.welcome !== undefined;
    const refused = await refusal(this.options.address, this.options.guessed === true && !begun);
    this.asking = false;
    if (this.state !== "connecting" && this.state !== "away") return;
    this.said = refused?.message;
    // Where the server was, somebody else may answer while it is started anew: that there is nothing is not the last word.
    if (!refused || (begun && refused.code === 404)) return;
    this.giveUp(refused.code, refused.subCode, refused.message, refused.code === 401 ? "invalidToken" : "connectionIssue");
  }

  /** The server does not know the session any more: the next one is new. */
  private forget(why: SessionChange): void {
    this.id = undefined;
    this.received.reset();
    this.requests.fail(410, 3101, "the server has lost the session");
    this.options.changed(this.state, { late: this.liveness.late(this.grace), ...why });
  }

  /** Whether the token has expired for the server alone, whose clock is ahead: the credential gives another one when it knows of it. */
  private get expiredForServerOnly(): boolean {
    const expires = 1000 * Number(claims(this.token)["exp"]);
    return this.id !== undefined && expires > Date.now() - CLOCK_MS && expires < this.deadline;
  }

  /** Until when an interruption is one. */
  get until(): number {
    return this.deadline;
  }

  private async renew(): Promise<void> {
    if (this.renewing) return;
    this.renewing = true;
    try {
      await this.request("token", { token: await this.options.token() });
    } catch (error) {
      this.options.log(`the token was not renewed: ${error}`);
    } finally {
      this.renewing = false;
    }
  }

  private giveUp(...[code, subCode, message, reason]: Final): void {
    this.settle?.reject(failure(code, subCode, message));
    this.settle = undefined;
    if (reason === "invalidToken") this.goodbye();
    this.end({ reason, message });
  }

  /** Ends the session where no token does: nobody shall wait for a client that does not come back. */
  private goodbye(): void {
    const session = this.id;
    if (this.state === "over" || !session) return;
    const socket = new Socket(this.options.address, { frame: () => {}, closed: () => {} }, () => {
      socket.send({ t: "bye", session });
      socket.close();
    });
  }

  private end(why: SessionChange): void {
    if (this.state === "over") return;
    globalThis.removeEventListener?.("online", this.retryNow);
    this.received.stop();
    this.liveness.stop();
    this.socket?.close();
    this.settle?.reject(failure(490, 4502, "the agent was disposed of"));
    this.settle = undefined;
    this.requests.fail(490, 4502, "the connection to the server is over");
    this.move("over", why);
    this.wake();
  }

  private ended(): boolean {
    return this.state === "over";
  }

  private move(state: SessionState, why: SessionChange): void {
    this.state = state;
    this.options.changed(state, why);
  }
}
