// The tokens that a session shows the server, and what the server made of them.
import { claims } from "../endpoint";
import { CLOSE, type Final } from "./closecodes";
import type { Frame } from "./socket";

/** How late a credential may be with another token, once it has seen that its own expired. */
const CLOCK_MS = 2_000;

export interface TokensOptions {
  /** Asks the credential. */
  token(): Promise<string>;
  request(t: string, members: object): Promise<Frame>;
  log(line: string): void;
}

export class Tokens {
  /** How often the server has refused one, since it took one. */
  refused = 0;
  /** The one that was shown last. */
  private shown = "";
  private renewing = false;

  constructor(private options: TokensOptions) {}

  /** One for hello. */
  async next(): Promise<string> {
    return (this.shown = await this.options.token());
  }

  /** Whether the last one expires until then, and has not yet by the clock of the page: for a server whose clock is ahead it has. The credential gives another one when it knows of it. */
  private expiresUntil(deadline: number): boolean {
    const expires = 1000 * Number(claims(this.shown)["exp"]);
    return expires > Date.now() - CLOCK_MS && expires < deadline;
  }

  /** What a session ends with whose socket was closed since the server does not take its tokens. One may have expired on its way; a second refusal is final. */
  finalOf(code: number, reason: string, begun: boolean, deadline: number): Final | undefined {
    if (code !== CLOSE.unauthorized || ++this.refused < 2 || (begun && this.expiresUntil(deadline))) return undefined;
    return [401, 10009, reason || "the server refused the token", "invalidToken"];
  }

  /** The server needs another one soon. */
  async renew(): Promise<void> {
    if (this.renewing) return;
    this.renewing = true;
    try {
      await this.options.request("token", { token: await this.options.token() });
    } catch (error) {
      this.options.log(`the token was not renewed: ${error}`);
    } finally {
      this.renewing = false;
    }
  }
}
