// Requests that wait for their answers. They are sent again, with the same id,
// when a session is resumed: the server carries none out twice.
import { failure } from "../errors";
import type { Frame } from "./socket";

interface Waiting {
  frame: Frame;
  sent: boolean;
  resolve(answer: Frame): void;
  reject(error: unknown): void;
}

/** As the server's limit of open requests. */
const OPEN = 32;

export class Requests {
  private waiting = new Map<string, Waiting>();
  private last = 0;

  /** Takes a request, and sends it through `send` when there is room. */
  add(message: Frame, send: ((frame: Frame) => void) | undefined): Promise<Frame> {
    const id = String(++this.last);
    return new Promise((resolve, reject) => {
      const entry: Waiting = { frame: { ...message, id }, sent: false, resolve, reject };
      this.waiting.set(id, entry);
      if (send) this.flush(send);
    });
  }

  /** Sends what was not sent, within the limit. */
  flush(send: (frame: Frame) => void): void {
    let open = 0;
    for (const entry of this.waiting.values()) {
      if (++open > OPEN) return;
      if (entry.sent) continue;
      entry.sent = true;
      send(entry.frame);
    }
  }

  /** Everything has to be sent again. */
  unsent(): void {
    for (const entry of this.waiting.values()) entry.sent = false;
  }

  /** Takes an answer; false if nobody waits for it. */
  answer(frame: Frame, send: (frame: Frame) => void): boolean {
    const entry = frame.re === undefined ? undefined : this.waiting.get(frame.re);
    if (!entry) return false;
    this.waiting.delete(frame.re!);
    if (frame.t === "error") entry.reject(failure(frame.code, frame.subCode, frame.message));
    else entry.resolve(frame);
    this.flush(send);
    return true;
  }

  /** Rejects all. */
  fail(error: Error): void {
    const all = [...this.waiting.values()];
    this.waiting.clear();
    for (const entry of all) entry.reject(error);
  }
}
