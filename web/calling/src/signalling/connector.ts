// Opens the sockets of a session, one after the other, with delays that grow. Each says hello first.
import { failure } from "../errors";
import { CLOSE } from "./closecodes";
import { delayBefore, inTime, nap } from "./reconnect";
import { Socket, type Frame, type SocketEvents } from "./socket";
import type { Tokens } from "./tokens";

/** What takes sockets need not be the server, which answers hello at once. */
const ANSWER_MS = 8_000;

export interface ConnectorOptions {
  /** What the sockets tell. */
  events: SocketEvents;
  address: string;
  tokens: Tokens;
  hello(token: string): Frame;
  /** A socket is on its way. */
  made(socket: Socket): void;
  /** Whether the session has no socket that it can use, and still wants one. */
  wanted(socket?: Socket): boolean;
  log(line: string): void;
}

export class Connector {
  /** How often it was tried since a server answered. */
  attempts = 0;
  /** Tries at once. */
  wake = (): void => {};

  constructor(private options: ConnectorOptions) {}

  /**
   * Opens one more, unless nobody wants it by then. A delay fits into the milliseconds that are left. It
   * rejects with 401/10009 where there is no token, and with 490/4502 where the browser refuses the address.
   */
  async open(left: number): Promise<void> {
    const { options } = this;
    const wait = nap(inTime(delayBefore(this.attempts++), left));
    this.wake = wait.wake;
    await wait.done;
    if (!options.wanted()) return;
    const token = await options.tokens.next().catch((error) => {
      options.log(`no token: ${error}`);
      throw failure(401, 10009, "the token credential gave no token");
    });
    if (options.wanted()) options.made(this.make(token));
  }

  /** The last one was closed: that may say when the next is of use. */
  closed(code: number): void {
    if (code === CLOSE.noSession) this.attempts = 0; // the server is there
    if (code === CLOSE.tooMany) this.attempts = Math.max(this.attempts, 2);
  }

  private make(token: string): Socket {
    const { options } = this;
    try {
      const socket = new Socket(options.address, options.events, () => {
        socket.send(options.hello(token));
        setTimeout(() => options.wanted(socket) && socket.end(0, "the server does not answer hello"), ANSWER_MS);
      });
      return socket;
    } catch (error) {
      throw failure(490, 4502, String(error));
    }
  }
}
