// The calls of an agent. One of them at a time is talked in.
import type { Call } from "../types";
import type { CallCore } from "./call";
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

  private list(): void {
    this.facades = this.all().map((call) => call.facade);
  }
}
