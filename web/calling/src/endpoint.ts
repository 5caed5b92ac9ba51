// Where the server is. The order: the option of the client, the claim in the
// user's token, what the page says, the page's own origin.

/** The claim of a user's token that names the server. */
const CLAIM = "endpoint";

/** Where the server is, without a slash at its end. `guessed`: nothing names it, so that it may be the page's own. */
export interface Endpoint {
  address: string;
  guessed: boolean;
}

/** Finds the server's address. */
export function findEndpoint(option: string | undefined, token: string): Endpoint {
  const said = option || claim(token) || fromPage();
  const named = said || globalThis.location?.origin;
  if (!named || named === "null") throw new Error("the address of the server is not known: give CallClient the option endpoint");
  const url = new URL(named);
  if (url.protocol !== "https:" && url.protocol !== "http:") throw new Error(`the address of the server is not one of HTTP: ${named}`);
  return { address: url.origin + url.pathname.replace(/\/+$/, ""), guessed: !said };
}

/** The address of the WebSocket of a server. */
export function socketAddress(endpoint: string, path: string): string {
  return endpoint.replace(/^http/, "ws") + path;
}

function claim(token: string): string | undefined {
  const value = claims(token)[CLAIM];
  return typeof value === "string" ? value : undefined;
}

function fromPage(): string | undefined {
  const global = (globalThis as { __ACS_ENDPOINT__?: unknown }).__ACS_ENDPOINT__;
  if (typeof global === "string") return global;
  return globalThis.document?.querySelector<HTMLMetaElement>('meta[name="acs-endpoint"]')?.content || undefined;
}

/** Whether a text has the form of an access token. */
export function isToken(text: unknown): text is string {
  return typeof text === "string" && Object.keys(claims(text)).length > 0;
}

/** The claims of a token, unverified: the server verifies it. */
export function claims(token: string): Record<string, unknown> {
  try {
    const part = token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/");
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(part), (c) => c.charCodeAt(0))));
  } catch {
    return {};
  }
}

/** The identity that a token is for, as a raw id. */
export function identityOf(token: string): string {
  const all = claims(token);
  const subject = all["skypeid"] ?? all["sub"];
  return typeof subject === "string" ? (subject.startsWith("8:") ? subject : `8:${subject}`) : "";
}
