// The agent of a user: the session with the server, its calls, and what rings.
import { CallCore } from "./calls/call";
import type { CallBeginning, CallContext } from "./calls/callcontext";
import { Incoming } from "./calls/incoming";
import { contextOf } from "./calls/customcontext";
import { active, over } from "./calls/state";
import { Emitter } from "./emitter";
import { failure, unsupported } from "./errors";
import { isPhone, isTeams, rawId } from "./identifiers";
import type { Devices } from "./media/devices";
import { Session, type SessionChange, type SessionState } from "./signalling/session";
import type { Frame } from "./signalling/socket";
import type {
  Call,
  CallAgent,
  CallAgentFeature,
  CallAgentFeatureFactory,
  CallableIdentifier,
  ConnectionState,
  ConnectionStateChangedEventArgs,
  GroupCallLocator,
  HandleIncomingCallEventArgs,
  IceServer,
  IncomingCall,
  JoinCallOptions,
  RoomCallLocator,
  StartCallOptions,
} from "./types";

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
  disposed(): void;
}

interface Events {
  incomingCall: { incomingCall: IncomingCall };
  callsUpdated: { added: Call[]; removed: Call[] };
  connectionStateChanged: ConnectionStateChangedEventArgs;
  handleIncomingCall: HandleIncomingCallEventArgs;
}

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export class Agent {
  readonly facade: CallAgent;
  private events = new Emitter<Events>();
  private calls = new Map<string, CallCore>();
  private public: ReadonlyArray<Call> = [];
  private ringing = new Map<string, Incoming>();
  private session: Session;
  private connection: ConnectionState = "Disconnected";
  private context: CallContext;
  private features = new Map<unknown, CallAgentFeature>();
  /** Calls that the application has not been told of yet. */
  private untold = new Set<CallCore>();
  private gone?: Promise<void>;

  constructor(private options: AgentOptions) {
    this.session = new Session({
      address: options.address,
      guessed: options.guessed,
      token: options.token,
      displayName: options.displayName,
      userAgent: options.userAgent,
      log: options.log,
      event: (frame) => this.take(frame),
      changed: (state, why) => this.sessionChanged(state, why),
    });
    this.context = {
      session: this.session,
      displayName: options.displayName,
      devices: options.devices,
      iceServers: () => [...((this.session.welcome?.iceServers ?? []) as RTCIceServer[]), ...(options.iceServers ?? [])],
      log: options.log,
      reportMedia: options.reportMedia ?? true,
      active: (call) => this.holdOthers(call),
      ended: (call) => this.remove(call),
    };
    this.facade = this.makeFacade();
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
        return this.ring(frame.incoming);
      case "incoming.ended":
        return this.ringEnded(frame.call, frame.code, frame.subCode, frame.message);
      case "goaway":
        return this.options.log(`the server stops in ${frame.inMs} ms`);
    }
    if (typeof frame.call === "string") this.calls.get(frame.call)?.take(frame);
  }

  private ring(message: Frame): void {
    if (this.ringing.has(message.call) || this.calls.has(message.call)) return;
    const incoming: Incoming = new Incoming(message, {
      accept: (beginning) => this.accept(beginning, incoming),
      reject: async (id) => {
        await this.session.request("call.reject", { call: id });
        this.ringing.delete(id);
        incoming.end(603, 0, "rejected here");
      },
    });
    this.ringing.set(incoming.id, incoming);
    this.events.emit("incomingCall", { incomingCall: incoming.facade });
  }

  private ringEnded(id: string, code: number, subCode: number, message?: string): void {
    const incoming = this.ringing.get(id);
    this.ringing.delete(id);
    incoming?.end(code, subCode, message);
  }

  private async accept(beginning: CallBeginning, incoming: Incoming): Promise<Call> {
    this.ringing.delete(beginning.id);
    const call = this.add(beginning);
    // What rang ends with the call that it became.
    call.inner.on("over", () => incoming.end(call.endReason?.code ?? 0, call.endReason?.subCode ?? 0, call.endReason?.message));
    await call.begin("call.accept", {});
    if (call.endReason) throw failure(call.endReason.code || 400, call.endReason.subCode ?? 41006, call.endReason.message || "the call rings no longer");
    return call.facade;
  }

  private restore(snapshot: Frame): void {
    const rings = new Set(((snapshot.incoming ?? []) as Frame[]).map((one) => one.call));
    for (const id of [...this.ringing.keys()]) if (!rings.has(id)) this.ringEnded(id, 487, 0);
    for (const one of (snapshot.incoming ?? []) as Frame[]) this.ring(one);
    const here = new Map(((snapshot.calls ?? []) as Frame[]).map((one) => [one.call as string, one]));
    for (const call of [...this.calls.values()]) {
      const one = here.get(call.id);
      if (one) call.restore(one);
      else if (call.state !== "None" && call.state !== "Connecting" && !call.rejoining.pending) call.end(410, 3101, "the call ended while there was no connection");
    }
  }

  // ---- the session ----

  private sessionChanged(state: SessionState, why: SessionChange): void {
    if (why.lost) this.lose(why.late ?? false);
    if (state === "over") this.endAll(why.reason === "invalidToken" ? 495 : 496, why.reason === "invalidToken" ? 4507 : 7, why.message ?? "the connection to the server is over");
    for (const call of this.calls.values()) {
      call.inner.emit("signalling", state === "live");
      if (state !== "live") continue;
      if (call.rejoining.pending) void call.rejoining.again(this.session.until);
      else call.sound.peer?.restart();
    }
    if (state === "live") this.connectionIs("Connected");
    if (state !== "over") return;
    this.unlisten();
    this.connectionIs("Disconnected", why.reason);
  }

  private connectionIs(newValue: ConnectionState, reason?: "invalidToken" | "connectionIssue"): void {
    const oldValue = this.connection;
    if (oldValue === newValue) return;
    this.connection = newValue;
    this.events.emit("connectionStateChanged", { oldValue, newValue, reason });
  }

  /** The server knows nothing of this client any more. What has a name is joined anew, unless it is late. */
  private lose(late: boolean): void {
    const message = "the server has lost the call";
    this.endRinging(message);
    for (const call of [...this.calls.values()]) if (call.state !== "None" && (late || !call.rejoining.lost())) call.end(410, 3101, message);
  }

  private endRinging(message: string): void {
    for (const id of [...this.ringing.keys()]) this.ringEnded(id, 487, 0, message);
  }

  private endAll(code: number, subCode: number, message: string): void {
    this.endRinging(message);
    for (const call of [...this.calls.values()]) if (call.state !== "None") call.end(code, subCode, message);
  }

  private readonly leavePage = (event: PageTransitionEvent): void => {
    // A page that may come back keeps its session, within the server's patience.
    if (!event.persisted) this.session.close();
  };

  // ---- what the application asks for ----

  private start(participants: CallableIdentifier[], options: StartCallOptions = {}): Call {
    this.alive();
    if (!Array.isArray(participants) || participants.length === 0) throw failure(400, 0, "startCall needs somebody to call");
    const to = participants.map(rawId);
    if (to.some(isTeams)) throw unsupported("a call to Teams");
    const alternateCallerId = options.alternateCallerId?.phoneNumber;
    if (to.some(isPhone) && !alternateCallerId) throw failure(400, 0, "a call to a phone number needs alternateCallerId");
    const call = this.add({ id: crypto.randomUUID(), direction: "Outgoing", to, audio: options.audioOptions, video: options.videoOptions });
    const customContext = contextOf(options.customContext);
    queueMicrotask(() => void call.begin("call.start", { to, alternateCallerId, customContext }));
    return call.facade;
  }

  private join(locator: GroupCallLocator | RoomCallLocator, options: JoinCallOptions = {}): Call {
    this.alive();
    const { groupId, roomId } = (locator ?? {}) as Partial<GroupCallLocator & RoomCallLocator>;
    if (!groupId && !roomId) throw unsupported("a locator other than groupId and roomId");
    if (groupId && !GUID.test(groupId)) throw failure(400, 0, `groupId is not a GUID: ${groupId}`);
    const call = this.add({ id: crypto.randomUUID(), direction: "Outgoing", groupId, roomId, audio: options.audioOptions, video: options.videoOptions });
    queueMicrotask(() => void call.begin("call.join", roomId ? { room: roomId } : { group: groupId }));
    return call.facade;
  }

  private alive(): void {
    if (this.session.state === "over" || this.gone) throw failure(412, 40222, "the agent was disposed of, or has lost its connection");
  }

  private add(beginning: CallBeginning): CallCore {
    const call = new CallCore(this.context, beginning);
    this.calls.set(call.id, call);
    this.list();
    this.untold.add(call);
    queueMicrotask(() => this.untold.delete(call) && this.events.emit("callsUpdated", { added: [call.facade], removed: [] }));
    return call;
  }

  private remove(call: CallCore): void {
    if (!this.calls.delete(call.id)) return;
    this.list();
    if (this.untold.delete(call)) return; // it was given up at once
    this.events.emit("callsUpdated", { added: [], removed: [call.facade] });
  }

  /** One call at a time is talked in: whoever is in another one must not hear it. */
  private holdOthers(call: CallCore): void {
    for (const other of this.calls.values()) {
      if (other !== call && active(other.state)) other.hold(true).catch((error: unknown) => over(other.state) || this.options.log(`hold the call before: ${error}`));
    }
  }

  private list(): void {
    this.public = [...this.calls.values()].map((call) => call.facade);
  }

  /** Leaves all calls and ends the session: once. No call is begun meanwhile. */
  dispose(): Promise<void> {
    return (this.gone ??= this.leave());
  }

  private async leave(): Promise<void> {
    await Promise.all([...this.calls.values()].map((call) => call.hangUp(false)));
    this.session.close();
    this.unlisten();
    this.options.disposed();
  }

  private unlisten(): void {
    globalThis.removeEventListener?.("pagehide", this.leavePage);
    globalThis.removeEventListener?.("pageshow", this.session.retryNow);
    globalThis.document?.removeEventListener?.("resume", this.session.retryNow);
  }

  private feature<T extends CallAgentFeature>(factory: CallAgentFeatureFactory<T>): T {
    let found = this.features.get(factory);
    if (!found) {
      const events = new Emitter<Record<string, unknown>>();
      this.features.set(factory, (found = { name: factory.featureName, on: events.on, off: events.off } as CallAgentFeature));
    }
    return found as T;
  }

  private makeFacade(): CallAgent {
    const self = this;
    return {
      kind: "CallAgent",
      get calls() {
        return self.public;
      },
      displayName: this.options.displayName,
      get connectionState() {
        return self.connection;
      },
      startCall: (participants, options) => self.start(participants, options),
      join: (locator: unknown, options?: JoinCallOptions) => self.join(locator as RoomCallLocator, options),
      dispose: () => self.dispose(),
      feature: (factory) => self.feature(factory),
      on: self.events.on as CallAgent["on"],
      off: self.events.off as CallAgent["off"],
    };
  }
}
