// Why a server takes no WebSocket of this page: a WebSocket does not tell its page,
// so that a plain request to the same address is made (docs/browser-protocol.md, "The socket").

import type { Final } from "./closecodes";

/** Answers that do not change by waiting: the page's origin, the server's name, or no calls of browsers at all. */
const FINAL = [403, 404, 421];
/** Answers of anybody that are no word on what is there: of a proxy that asks who one is or has much to do, and that of a server that would take a WebSocket. */
const OPEN = [401, 407, 408, 425, 426, 429];
const ANSWER_MS = 5_000;

/** What a server says for good. */
export interface Refusal {
  code: 401 | 403 | 404;
  subCode: number;
  message: string;
}

/**
 * Asks once; undefined if the server would take a WebSocket, or cannot be asked. `guessed`: the address is
 * the page's own, which nobody named, so that what answers there may be another service.
 */
export async function refusal(address: string, guessed: boolean): Promise<Refusal | undefined> {
  try {
    const answer = await fetch(address.replace(/^ws/, "http"), { credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS) });
    const { status } = answer;
    const says = FINAL.includes(status) && answer.headers.get("content-type")?.startsWith("text/plain") ? (await answer.text()).trim().slice(0, 500) : undefined;
    if (guessed && isAnother(status, says !== undefined))
      return { code: 401, subCode: 10009, message: `the token names no server, and the page's own origin is none for it: ${says || `it answers ${status}`}` };
    if (says === undefined) return undefined;
    return { code: status === 404 ? 404 : 403, subCode: 40216, message: `the server takes no calls of this page: ${says}` };
  } catch {
    return undefined; // nobody is there, or it is another service, whose answers pages may not read
  }
}

/** Whether an answer is not that of a Switchhook server, or of one for no browsers. */
function isAnother(status: number, says: boolean): boolean {
  return says ? status === 404 : status < 500 && !OPEN.includes(status);
}

/** Asks why no socket opens: one question at a time, and the last answer is kept. */
export class Inquiry {
  /** What the server said last, in words. */
  private said?: string;
  private asking = false;

  constructor(private address: string, private guessed: boolean) {}

  /** What a session that has begun, or has not, ends with because of the answer; undefined: it may go on, also while the question is open. */
  async why(begun: boolean): Promise<Final | undefined> {
    if (this.asking) return undefined;
    this.asking = true;
    const refused = await refusal(this.address, this.guessed && !begun);
    this.asking = false;
    this.said = refused?.message;
    // Where the server was, somebody else may answer while it is started anew: that there is nothing is not the last word.
    if (!refused || (begun && refused.code === 404)) return undefined;
    return [refused.code, refused.subCode, refused.message, refused.code === 401 ? "invalidToken" : "connectionIssue"];
  }

  /** What it ends with where nobody answered for as long as there was patience. */
  unreached(begun: boolean): Final {
    const message = this.said ?? "the server could not be reached";
    return begun ? [496, 7, message, "connectionIssue"] : [408, 40101, message, "connectionIssue"];
  }

  /** There is a socket again. */
  forget(): void {
    this.said = undefined;
  }
}
