// How a session reaches its server: by one socket after the other, until a deadline, and what
// it ends with where that is in vain.
import { coded } from "../errors";
import type { Final } from "./closecodes";
import { Connector, type ConnectorOptions } from "./connector";
import { Inquiry } from "./refusal";
import type { SessionState } from "./sessionoptions";

export interface ReachOptions extends ConnectorOptions {
  /** The address is the page's own, which nobody named. */
  guessed: boolean;
  state(): SessionState;
  /** Whether the server has ever answered. */
  begun(): boolean;
  giveUp(final: Final): void;
}

export class Reach {
  /** Until when the server is looked for. */
  deadline = 0;
  private inquiry: Inquiry;
  private connector: Connector;

  constructor(private options: ReachOptions) {
    this.inquiry = new Inquiry(options.address, options.guessed);
    this.connector = new Connector(options);
  }

  /** Looks for it for so long from now on. */
  within(ms: number): void {
    this.deadline = Date.now() + ms;
  }

  /** Opens a socket. */
  async connect(): Promise<void> {
    try {
      await this.connector.open(this.deadline - Date.now());
    } catch (error) {
      const { code, subCode, message } = coded(error, 490, 4502);
      const token = code === 401;
      // Whoever gives tokens may be out of reach as the server is: calls go on meanwhile.
      if (token && this.options.state() === "away" && Date.now() < this.deadline) return this.connect();
      this.options.giveUp([code, subCode, message, token ? "invalidToken" : "connectionIssue"]);
    }
  }

  /** The last socket was closed. */
  closed(code: number): void {
    this.connector.closed(code);
  }

  /** Opens the next one, as long as there is patience. `unopened`: the last one never opened. */
  again(unopened: boolean): void {
    if (unopened) void this.askWhy();
    if (Date.now() > this.deadline) this.options.giveUp(this.inquiry.unreached(this.options.begun()));
    else void this.connect();
  }

  /** A socket did not open: nobody waits for a server that would never take it. */
  private async askWhy(): Promise<void> {
    const final = await this.inquiry.why(this.options.begun());
    const state = this.options.state();
    if (state !== "connecting" && state !== "away") return this.inquiry.forget();
    if (final) this.options.giveUp(final);
  }

  /** The server has answered. */
  reached(): void {
    this.connector.attempts = 0;
    this.inquiry.forget();
  }

  /** Tries at once. */
  wake(): void {
    this.connector.wake();
  }
}
