// The STUN and TURN servers of a session. Credentials of TURN open something for ten minutes
// (docs/browser-protocol.md, "Media"), and pages stay open for longer.
import type { IceServer } from "../protocol";
import type { Frame } from "./socket";

/** From this age on credentials are asked for anew. */
const FRESH_MS = 5 * 60_000;

export interface IceServersOptions {
  request(t: string): Promise<Frame>;
  log(line: string): void;
}

export class IceServers {
  /** Those that are known. */
  all: IceServer[] = [];
  private since = 0;
  private asking?: Promise<void>;

  constructor(private options: IceServersOptions) {}

  /** The server has said them. */
  set(servers: IceServer[] | undefined): void {
    this.all = servers ?? [];
    this.since = Date.now();
  }

  /** Resolves once the credentials are good for minutes, or no better ones can be had. */
  refresh(): Promise<void> {
    const expire = this.all.some(({ credential }) => credential !== undefined);
    if (!expire || Date.now() - this.since < FRESH_MS) return Promise.resolve();
    return (this.asking ??= this.ask().finally(() => (this.asking = undefined)));
  }

  private async ask(): Promise<void> {
    try {
      this.set((await this.options.request("ice")).iceServers);
    } catch (error) {
      this.options.log(`ICE servers: ${error}`); // an older server has no answer
    }
  }
}
