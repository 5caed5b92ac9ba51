// A call of a room or a group that the server has lost, as by a restart, is joined anew.
// The application sees what it sees of any interruption: nothing for two minutes.
//
//   none ──lost──▶ lost ──new session──▶ asked ──answered──▶ joined ──Connected──▶ none
//                    ◀──────────lost────────┴───────────────────┘
import { failure, hasCode } from "../errors";
import { deferred, type Deferred } from "../deferred";
import type { Frame } from "../signalling/socket";
import type { CallState } from "../types";
import type { CallCore } from "./call";
import { over } from "./state";

const AGAIN_MS = 2_000;

/** What waits while a call is joined anew. */
interface Gates {
  /** Offers wait until the server has the call again. */
  joined: Deferred<void>;
  /** All else waits until its media are there. */
  connected: Deferred<void>;
}

export class Rejoining {
  private gates?: Gates;
  private asked = false;

  constructor(private call: CallCore) {}

  /** Whether the server has to be asked, or has not yet done what it was asked for. */
  get pending(): boolean {
    return this.gates !== undefined;
  }

  /** The server has lost the call. False: it cannot be joined anew. */
  lost(): boolean {
    const { call } = this;
    if (!call.beginning.roomId && !call.beginning.groupId) return false;
    if (call.state === "None" || over(call.state)) return false;
    this.asked = false;
    // Offers that wait for the gate of an earlier attempt wait on: they are sent when that opens.
    this.gates ??= { joined: deferred(), connected: deferred() };
    call.forget();
    return true;
  }

  /** The session is new: the call is joined in it, under the same id. */
  async again(until: number): Promise<void> {
    const { call, gates } = this;
    if (!gates || this.asked || over(call.state)) return;
    this.asked = true;
    const { roomId, groupId } = call.beginning;
    try {
      await call.context.session.request("call.join", { call: call.id, ...(roomId ? { room: roomId } : { group: groupId }), muted: call.muting.muted });
    } catch (error) {
      if (!this.asked && lostSession(error)) return; // and asked again in the next session
      // Who may join a group only where somebody is waits for somebody.
      if (groupId && hasCode(error) && error.code === 403 && Date.now() < until) return this.later(until);
      return call.fail(error);
    }
    gates.joined.resolve();
    if (over(call.state)) return this.leave();
    call.roster.spareUntil(until);
    call.sound.peer?.renew();
  }

  private later(until: number): void {
    this.asked = false;
    setTimeout(() => void this.again(until), AGAIN_MS);
  }

  /** The call ended while it was being joined. */
  private leave(): void {
    const { call } = this;
    if (call.endReason) call.context.session.request("call.hangup", { call: call.id }).catch(() => {});
  }

  /** Sends a request of the call, once the server has the call again. */
  async pass(t: string, send: () => Promise<Frame>): Promise<Frame> {
    const offer = t === "media.offer";
    const end = t === "call.hangup";
    if (this.gates && end && !this.asked) throw failure(410, 3101, "the server has lost the call");
    if (this.gates) await (offer || end ? this.gates.joined : this.gates.connected).promise;
    try {
      return await send();
    } catch (error) {
      // The server lost it together with the call. An offer is made anew with the connection.
      if (offer || end || !this.gates || !lostSession(error)) throw error;
      if (t === "call.join") return this.begun(this.gates);
      await this.gates.connected.promise;
      return send();
    }
  }

  /** The request that begins the call was lost: `again` asks for the same. Its sound begins as after the first answer. */
  private async begun({ joined }: Gates): Promise<Frame> {
    await joined.promise;
    return { t: "ok" };
  }

  /** The server says how far the call has come. True: the application knows it already. */
  follow(state: CallState): boolean {
    const { call, gates } = this;
    if (!gates) return false;
    if (state !== "Connected") return true;
    this.gates = undefined;
    const held = call.state === "LocalHold";
    if (held) call.context.session.request("call.hold", { call: call.id }).catch((error: unknown) => call.context.log(`hold the call anew: ${error}`));
    gates.connected.resolve();
    call.pictures.again();
    call.inner.emit("rejoined");
    return held;
  }

  /** The call is over. */
  close(): void {
    const { gates } = this;
    this.gates = undefined;
    gates?.joined.reject(failure(410, 3101, "the call is over"));
    gates?.connected.reject(failure(410, 3101, "the call is over"));
  }
}

/** Whether a request failed since the server no longer knows its session. */
function lostSession(error: unknown): boolean {
  return hasCode(error) && error.code === 410 && error.subCode === 3101;
}
