// What a session is made with, and what it tells of itself.
import type { Frame } from "./socket";

export type SessionState = "connecting" | "live" | "away" | "over";

export interface SessionOptions {
  address: string;
  /** The address was a guess: if another service answers there, the token is one for somewhere else. */
  guessed?: boolean;
  token(): Promise<string>;
  displayName?: string;
  userAgent: string;
  log(line: string): void;
  /** Every event of the server. */
  event(frame: Frame): void;
  /** The state has changed. */
  changed(state: SessionState, why: SessionChange): void;
}

export interface SessionChange {
  /** The server no longer knows the session, nor its calls. */
  lost?: boolean;
  /** They are too old to be gone on with. */
  late?: boolean;
  reason?: "invalidToken" | "connectionIssue";
  /** Why the session is over, in words. */
  message?: string;
}
