// What the server means when it closes a socket (docs/browser-protocol.md, "Close codes").
import type { SessionChange } from "./sessionoptions";

export const CLOSE = { unauthorized: 4401, forbidden: 4403, noSession: 4404, replaced: 4409, version: 4426, tooMany: 4429, stopping: 4503, malformed: 4400 };

/** Why a session is over: the code and subcode of its error, a text, and the reason that the agent tells. */
export type Final = [code: number, subCode: number, message: string, reason: "invalidToken" | "connectionIssue"];

/** What a close code ends a session with, whatever came before; undefined: it may go on. Of one that never began, a message that the server does not understand is the hello. */
export function finalOf(code: number, reason: string, begun: boolean): Final | undefined {
  switch (code) {
    case CLOSE.forbidden:
      return [403, 10009, reason || "the token is not one for calls", "invalidToken"];
    case CLOSE.replaced:
      return [409, 40228, reason || "the session goes on elsewhere", "connectionIssue"];
    case CLOSE.version:
      return [412, 40115, reason || "the server speaks another version", "connectionIssue"];
    case CLOSE.malformed:
      return begun ? undefined : [400, 40216, reason || "the server does not understand this version", "connectionIssue"];
  }
  return undefined;
}

/** Whether a close code says that the server knows the session no longer, if there was one. */
export function lossOf(code: number, begun: boolean): SessionChange | undefined {
  if (code === CLOSE.malformed) return { lost: true, late: true }; // joined anew, it would be said again
  return begun && (code === CLOSE.noSession || code === CLOSE.stopping) ? { lost: true } : undefined;
}
