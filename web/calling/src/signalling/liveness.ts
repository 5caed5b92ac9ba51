// Whether the server is heard, and whether the page itself has run meanwhile.
import type { Socket } from "./socket";

/** Scripts do not see the server's ping frames, so the library asks when it has heard nothing. */
const QUIET_MS = 12_000;
/** How often it looks. With the time for an answer, silence is noticed after 30 s at most. */
const LOOK_MS = 10_000;
/** The timers of a hidden page run once a minute. A page that was frozen for longer does not know it. */
const HIDDEN_MS = 60_000;

/** How long the server may be silent when it is asked for a sign of life. */
const ANSWER_MS = 8_000;

export class Liveness {
  private heardAt = 0;
  private ranAt = Date.now();
  /** When the page ran last before it slept, as with its machine; until the server has answered since. What it hears before may have waited for it. */
  private sleptAt?: number;
  /** When the page was last seen to run, before the socket was lost. */
  private ranBeforeLoss = Date.now();
  private watch?: ReturnType<typeof setInterval>;

  /** Looks from now on, and lets `ask` ask for a sign of life. */
  start(ask: () => void): void {
    this.watch = setInterval(() => {
      const now = Date.now();
      const slept = now - this.ranAt > HIDDEN_MS + LOOK_MS;
      if (slept) this.sleptAt ??= this.ranAt;
      this.ranAt = now;
      if (slept || now - this.heardAt > QUIET_MS) ask();
    }, LOOK_MS);
  }

  stop(): void {
    clearInterval(this.watch);
  }

  /** Something has come. */
  hear(): void {
    this.heardAt = Date.now();
  }

  /** The server has answered. */
  answered(): void {
    this.sleptAt = undefined;
  }

  /** Asks the server for a sign of life, and gives the socket up if there is none. */
  probe(socket: Socket): void {
    const asked = Date.now();
    socket.send({ t: "ping", id: "ping" });
    setTimeout(() => this.heardAt < asked && socket.end(0, "the server is silent"), ANSWER_MS);
  }

  /** The socket is lost. */
  lost(): void {
    this.ranBeforeLoss = this.sleptAt ?? Math.max(this.heardAt, this.ranAt);
  }

  /** Whether more time has passed than so much without a socket, as in a page that was frozen. */
  late(graceMs: number): boolean {
    return Date.now() - this.ranBeforeLoss > graceMs + HIDDEN_MS;
  }
}
