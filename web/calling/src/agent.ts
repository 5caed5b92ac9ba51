// The agent of a user: the session with the server, its calls, and what rings.
import { makeAgent, type AgentEvents } from "./agentfacade";
import { toJoin, toStart, type Begin } from "./calls/beginnings";
import { CallCore } from "./calls/call";
import type { CallBeginning, CallContext } from "./calls/callcontext";
import { CallList } from "./calls/calllist";
import type { Incoming } from "./calls/incoming";
import { Ringing } from "./calls/ringing";
import { Emitter } from "./emitter";
import { failure } from "./errors";
import type { Devices } from "./media/devices";
import { Session, type SessionChange, type SessionState } from "./signalling/session";
import type { Frame } from "./signalling/socket";
import type { Call, CallAgent, CommunicationIdentifier, ConnectionState, GroupCallLocator, IceServer, JoinCallOptions, RoomCallLocator, StartCallOptions } from "./types";

export interface AgentOptions {
  address: string;
  /** As in SessionOptions. */
  guessed?: boolean;
  token(): Promise<string>;
  displayName?: string;
  iceServers?: IceServer[];
  reportMedia?: boolean;
  devices: Devices;
  userAgent: string;
  log(line: string): void;
  /** It was disposed of, or is disconnected for good. */
  retired(): void;
}

export class Agent {
  readonly facade: CallAgent;
  readonly events = new Emitter<AgentEvents>();
  readonly calls: CallList;
  connection: ConnectionState = "Disconnected";
  private ringing: Ringing;
  private session: Session;
  private context: CallContext;
  private gone?: Promise<void>;
  private retired = false;

  constructor(private options: AgentOptions) {
    const { log } = options;
    this.session = new Session({
      address: options.address,
      guessed: options.guessed,
      token: options.token,
      displayName: options.displayName,
      userAgent: options.userAgent,
      log,
      event: (frame) => this.take(frame),
      changed: (state, why) => this.sessionChanged(state, why),
    });
    this.calls = new CallList({ updated: (change) => this.events.emit("callsUpdated", change), log });
    this.ringing = new Ringing({
      session: this.session,
      taken: (id) => this.calls.find(id) !== undefined,
      accept: (beginning, incoming) => this.accept(beginning, incoming),
      rings: (incomingCall) => this.events.emit("incomingCall", { incomingCall }),
    });
    this.context = {
      session: this.session,
      displayName: options.displayName,
      devices: options.devices,
      iceServers: () => [...this.session.ice.all, ...(options.iceServers ?? [])],
      log,
      reportMedia: options.reportMedia ?? true,
      idOf: (shown) => this.calls.idOf(shown),
      active: (call) => this.calls.holdOthers(call),
      ended: (call) => this.calls.remove(call),
    };
    this.facade = makeAgent(this, options.displayName);
    globalThis.addEventListener?.("pagehide", this.leavePage);
    globalThis.addEventListener?.("pageshow", this.session.retryNow);
    globalThis.document?.addEventListener?.("resume", this.session.retryNow);
  }

  /** Connects; the agent is of use once this has resolved. */
  open(): Promise<void> {
    return this.session.open();
  }

  // ---- what the server says ----

  private take(frame: Frame): void {
    switch (frame.t) {
      case "snapshot":
        return this.restore(frame);
      case "incoming":
        return this.ringing.ring(frame.incoming);
      case "incoming.ended":
        return this.ringing.ended(frame.call, frame.code, frame.subCode, frame.message);
      case "goaway":
        return this.options.log(`the server stops in ${frame.inMs} ms`);
    }
    if (typeof frame.call === "string") this.calls.find(frame.call)?.take(frame);
  }

  private restore(snapshot: Frame): void {
    this.ringing.restore((snapshot.incoming ?? []) as Frame[]);
    this.calls.restore((snapshot.calls ?? []) as Frame[]);
  }

  // ---- the session ----

  private sessionChanged(state: SessionState, why: SessionChange): void {
    if (why.lost) this.lose(why.late ?? false);
    if (state === "over") this.endAll(why.reason === "invalidToken" ? [495, 4507] : [496, 7], why.message ?? "the connection to the server is over");
    this.calls.signalling(state === "live", this.session.until);
    if (state === "live") this.connectionIs("Connected");
    if (state !== "over") return;
    this.retire();
    this.connectionIs("Disconnected", why.reason);
  }

  private connectionIs(newValue: ConnectionState, reason?: "invalidToken" | "connectionIssue"): void {
    const oldValue = this.connection;
    if (oldValue === newValue) return;
    this.connection = newValue;
    this.events.emit("connectionStateChanged", { oldValue, newValue, reason });
  }

  /** The server knows nothing of this client any more. */
  private lose(late: boolean): void {
    const message = "the server has lost the call";
    this.ringing.endAll(message);
    this.calls.lost(late, message);
  }

  private endAll([code, subCode]: [number, number], message: string): void {
    this.ringing.endAll(message);
    this.calls.endAll(code, subCode, message);
  }

  private readonly leavePage = (event: PageTransitionEvent): void => {
    // A page that may come back keeps its session, within the server's patience.
    if (!event.persisted) this.session.leave();
  };

  // ---- what the application asks for ----

  start(participants: CommunicationIdentifier[], options?: StartCallOptions): Call {
    this.alive();
    return this.begin(toStart(participants, options));
  }

  join(locator: GroupCallLocator | RoomCallLocator, options?: JoinCallOptions): Call {
    this.alive();
    return this.begin(toJoin(locator, options));
  }

  private begin({ beginning, request, members }: Begin): Call {
    const call = this.add(beginning);
    queueMicrotask(() => void call.begin(request, members));
    return call.facade;
  }

  private async accept(beginning: CallBeginning, incoming: Incoming): Promise<Call> {
    const call = this.add(beginning);
    // What rang ends with the call that it became.
    call.inner.on("over", () => incoming.end(call.endReason?.code ?? 0, call.endReason?.subCode ?? 0, call.endReason?.message));
    await call.begin("call.accept", {});
    if (call.endReason) throw failure(call.endReason.code || 400, call.endReason.subCode ?? 41006, call.endReason.message || "the call rings no longer");
    return call.facade;
  }

  private alive(): void {
    if (this.session.state === "over" || this.gone) throw failure(412, 40222, "the agent was disposed of, or has lost its connection");
  }

  private add(beginning: CallBeginning): CallCore {
    const call = new CallCore(this.context, beginning);
    this.calls.add(call);
    return call;
  }

  /** It has been disposed of, and resolves when it has left its calls. */
  get leaving(): Promise<void> | undefined {
    return this.gone;
  }

  /** Leaves all calls and ends the session: once. No call is begun meanwhile. */
  dispose(): Promise<void> {
    return (this.gone ??= this.leave());
  }

  private async leave(): Promise<void> {
    this.ringing.close("the agent was disposed of");
    await Promise.all(this.calls.all().map((call) => call.hangUp(false)));
    this.session.close();
    this.retire();
  }

  /** It is of no use any more: the user may have another agent. Once, for that one is not to be forgotten later. */
  private retire(): void {
    if (this.retired) return;
    this.retired = true;
    this.options.retired();
    globalThis.removeEventListener?.("pagehide", this.leavePage);
    globalThis.removeEventListener?.("pageshow", this.session.retryNow);
    globalThis.document?.removeEventListener?.("resume", this.session.retryNow);
  }
}
