// Why a server takes no WebSocket of this page: a WebSocket does not tell its page,
// so that a plain request to the same address is made (docs/browser-protocol.md, "The socket").

/** Answers that do not change by waiting: the page's origin, the server's name, or no calls of browsers at all. */
const FINAL = [403, 404, 421];
const ANSWER_MS = 5_000;

/** What a server says for good. */
export interface Refusal {
  code: 403 | 404;
  message: string;
}

/** Asks once; undefined if the server would take a WebSocket, or cannot be asked. */
export async function refusal(address: string): Promise<Refusal | undefined> {
  try {
    const answer = await fetch(address.replace(/^ws/, "http"), { credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS) });
    if (!FINAL.includes(answer.status) || !answer.headers.get("content-type")?.startsWith("text/plain")) return undefined;
    return { code: answer.status === 404 ? 404 : 403, message: (await answer.text()).trim().slice(0, 500) };
  } catch {
    return undefined; // nobody is there, or it is another service, whose answers pages may not read
  }
}
