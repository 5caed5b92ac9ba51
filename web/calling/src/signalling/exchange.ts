// What a session and the server say to each other, over whichever socket there is: requests
// with their answers, and events, each of them once (docs/browser-protocol.md, "Sessions").
import { failure } from "../errors";
import { Received } from "./received";
import { Requests } from "./requests";
import type { Frame } from "./socket";

export interface ExchangeOptions {
  /** Whether there is a socket that the server has welcomed. */
  live(): boolean;
  write(frame: Frame): void;
  log(line: string): void;
}

export class Exchange {
  private requests = new Requests();
  private ended = false;
  private received = new Received(() => this.options.live() && this.send({ t: "ack" }));

  constructor(private options: ExchangeOptions) {}

  /** The number of the last event. */
  get last(): number {
    return this.received.last;
  }

  readonly send = (frame: Frame): void => this.options.write(this.received.with(frame));

  /** Sends a request, now or once there is a connection again. After the end it is refused. */
  request(t: string, members: object): Promise<Frame> {
    if (this.ended) return Promise.reject(over());
    return this.requests.add({ t, ...members }, this.options.live() ? this.send : undefined);
  }

  /** Takes what comes. It gives the event that it is, if it is a new one. */
  take(frame: Frame): Frame | undefined {
    if (frame.re === "ping") return undefined;
    if (frame.re !== undefined) {
      if (!this.requests.answer(frame, this.send) && frame.t === "error") this.options.log(`error without a request: ${frame.message}`);
      return undefined;
    }
    return typeof frame.seq === "number" && !this.received.take(frame.seq) ? undefined : frame;
  }

  /** The socket is gone, or another is there: what has no answer has to be sent again. */
  interrupt(): void {
    this.requests.unsent();
  }

  goOn(): void {
    this.requests.flush(this.send);
  }

  /** The server does not know the session any more. */
  forget(): void {
    this.received.reset();
    this.requests.fail(failure(410, 3101, "the server has lost the session"));
  }

  end(): void {
    this.ended = true;
    this.received.stop();
    this.requests.fail(over());
  }
}

function over(): Error {
  return failure(490, 4502, "the connection to the server is over");
}
