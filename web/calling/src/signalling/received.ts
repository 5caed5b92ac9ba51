// Which events of a session have come, and what the server is told of that
// (docs/browser-protocol.md, "Sessions").
import type { Frame } from "./socket";

const ACK_AFTER = 32;
const ACK_MS = 5_000;

export class Received {
  /** The number of the last event. */
  last = 0;
  private acked = 0;
  private timer?: ReturnType<typeof setTimeout>;

  /** `acknowledge` sends something, which `with` has been asked for, if it can. */
  constructor(private acknowledge: () => void) {}

  /** Takes an event. It says whether it is a new one: after an interruption some come twice. */
  take(seq: number): boolean {
    if (seq <= this.last) return false;
    this.last = seq;
    if (this.last - this.acked >= ACK_AFTER) this.acknowledge();
    else this.timer ??= setTimeout(this.due, ACK_MS);
    return true;
  }

  private due = (): void => {
    this.timer = undefined;
    if (this.last > this.acked) this.acknowledge();
  };

  /** A frame that is sent, with word of all that has come. */
  with(frame: Frame): Frame {
    return this.last > this.acked ? { ...frame, ack: (this.acked = this.last) } : frame;
  }

  /** A new session counts anew. */
  reset(): void {
    this.last = this.acked = 0;
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
