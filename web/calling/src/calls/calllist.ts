// The calls of an agent. One of them at a time is talked in.
import type { Frame } from "../signalling/socket";
import type { Call } from "../types";
import type { CallCore } from "./call";
import { restoreCall } from "./following";
import { active, over } from "./state";

export interface CallListOptions {
  /** callsUpdated. */
  updated(change: { added: Call[]; removed: Call[] }): void;
  log(line: string): void;
}

export class CallList {
  /** As applications see them. */
  facades: ReadonlyArray<Call> = [];
  private calls = new Map<string, CallCore>();
  /** Calls that the application has not been told of yet. */
  private untold = new Set<CallCore>();

  constructor(private options: CallListOptions) {}

  find(id: string): CallCore | undefined {
    return this.calls.get(id);
  }

  /** The server's id of a call, of the one that applications see. */
  idOf(shown: string): string {
    return this.all().find((call) => call.shownId === shown)?.id ?? shown;
  }

  /** As they are now: whoever goes through them may end some. */
  all(): CallCore[] {
    return [...this.calls.values()];
  }

  add(call: CallCore): void {
    this.calls.set(call.id, call);
    this.list();
    this.untold.add(call);
    queueMicrotask(() => this.untold.delete(call) && this.options.updated({ added: [call.facade], removed: [] }));
  }

  remove(call: CallCore): void {
    if (!this.calls.delete(call.id)) return;
    this.list();
    if (this.untold.delete(call)) return; // it was given up at once
    this.options.updated({ added: [], removed: [call.facade] });
  }

  /** One call at a time is talked in: whoever is in another one must not hear it. */
  holdOthers(call: CallCore): void {
    for (const other of this.all()) {
      if (other !== call && active(other.state)) other.hold(true).catch((error: unknown) => over(other.state) || this.options.log(`hold the call before: ${error}`));
    }
  }

  // ---- the session with the server ----

  /** What goes on now, as the server says it, in the place of what was missed. */
  restore(now: Frame[]): void {
    const here = new Map(now.map((one) => [one.call as string, one]));
    for (const call of this.all()) {
      const one = here.get(call.id);
      if (one) restoreCall(call, one);
      else if (call.state === "Disconnecting") call.end(0, 0);
      else if (call.begun && !call.rejoining.pending) call.end(410, 3101, "the call ended while there was no connection");
    }
  }

  /** The server has lost them. What has a name is joined anew, unless it is late. */
  lost(late: boolean, message: string): void {
    for (const call of this.all()) if (call.state !== "None" && (late || !call.rejoining.lost())) call.end(410, 3101, message);
  }

  /** The signalling is there, or gone; an interruption that lasts until then is one. */
  signalling(live: boolean, until: number): void {
    for (const call of this.all()) {
      call.inner.emit("signalling", live);
      if (!live) continue;
      if (call.rejoining.pending) void call.rejoining.again(until);
      else call.sound.peer?.restart();
    }
  }

  /** Ends them, but for those that the server will not hear of. */
  endAll(code: number, subCode: number, message: string): void {
    for (const call of this.all()) if (call.state !== "None") call.end(code, subCode, message);
  }

  private list(): void {
    this.facades = this.all().map((call) => call.facade);
  }
}
