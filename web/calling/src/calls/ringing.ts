// The calls that ring at an agent.
import type { Frame } from "../signalling/socket";
import type { Session } from "../signalling/session";
import type { Call, IncomingCall } from "../types";
import type { CallBeginning } from "./callcontext";
import { Incoming } from "./incoming";

export interface RingingOptions {
  session: Pick<Session, "request">;
  /** Whether a call has been taken already. */
  taken(id: string): boolean;
  /** Makes a call of what rings. */
  accept(beginning: CallBeginning, incoming: Incoming): Promise<Call>;
  /** incomingCall. */
  rings(incoming: IncomingCall): void;
}

export class Ringing {
  private incoming = new Map<string, Incoming>();
  private closed = false;

  constructor(private options: RingingOptions) {}

  ring(message: Frame): void {
    if (this.closed || this.incoming.has(message.call) || this.options.taken(message.call)) return;
    const incoming: Incoming = new Incoming(message, {
      accept: (beginning) => {
        this.incoming.delete(beginning.id);
        return this.options.accept(beginning, incoming);
      },
      reject: async (id) => {
        await this.options.session.request("call.reject", { call: id });
        this.incoming.delete(id);
        incoming.end(603, 0, "rejected here");
      },
    });
    this.incoming.set(incoming.id, incoming);
    this.options.rings(incoming.facade);
  }

  ended(id: string, code: number, subCode: number, message?: string): void {
    const incoming = this.incoming.get(id);
    this.incoming.delete(id);
    incoming?.end(code, subCode, message);
  }

  /** What rings now, in the place of all that is known. */
  restore(now: Frame[]): void {
    const ids = new Set(now.map((one) => one.call));
    for (const id of [...this.incoming.keys()]) if (!ids.has(id)) this.ended(id, 487, 0);
    for (const one of now) this.ring(one);
  }

  endAll(message: string): void {
    for (const id of [...this.incoming.keys()]) this.ended(id, 487, 0, message);
  }

  /** Nothing rings any more. */
  close(message: string): void {
    this.closed = true;
    this.endAll(message);
  }
}
