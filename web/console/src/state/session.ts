// Who looks at the page. The browser keeps the session's cookie, which no script sees;
// the token against forged requests is here alone.
import { signal } from "@preact/signals";

export interface Session {
  role: "administrator" | "reader";
  name: string;
  token: string;
  endsOn: string;
}

/** undefined: not asked yet; null: nobody is signed in. */
export const session = signal<Session | null | undefined>(undefined);
/** Why nobody is signed in, in words; "" at first. */
export const whyNot = signal("");
/** False where the way to the server is not safe, so that signing in is refused. */
export const safe = signal(true);

/** Issuers by whose page people sign in. */
export const issuers = signal<string[]>([]);

export const mayChange = (): boolean => session.value?.role === "administrator";

/** Finds the session of the browser, or begins one with the link that opened the page. */
export async function open(): Promise<void> {
  const token = new URLSearchParams(location.hash.slice(1)).get("signin");
  if (token) {
    history.replaceState(null, "", location.pathname + location.search);
    if (await begin(JSON.stringify({ link: token }), {})) return;
  }
  const refused = new URLSearchParams(location.hash.slice(1)).get("refused");
  if (refused) {
    history.replaceState(null, "", location.pathname + location.search);
    whyNot.value = refusals[refused] ?? "The sign-in did not succeed.";
  }
  const answer = await fetch("/console/session");
  if (answer.ok) {
    session.value = await answer.json();
    whyNot.value = "";
    return;
  }
  const said = await answer.json().catch(() => ({}));
  safe.value = said.safe !== false;
  issuers.value = said.issuers ?? [];
  session.value = null;
}

/** Why a sign-in by an issuer did not succeed; the server's log has more. */
const refusals: Record<string, string> = {
  state: "The sign-in took more than ten minutes, was done already, or began in another browser. Try again.",
  denied: "The issuer did not let you in.",
  token: "The issuer's answer could not be verified; the server's log says why.",
  person: "The issuer knows you, but this server does not let you see the console: auth.oidc[].admin or read must name you.",
};

/** Goes to the page of an issuer, which leads back here. */
export async function signInBy(issuer: string): Promise<void> {
  const answer = await fetch("/console/oidc", { method: "POST", body: JSON.stringify({ issuer, place: location.pathname + location.search }) });
  const said = await answer.json().catch(() => ({}));
  if (answer.ok) location.assign(said.location);
  else whyNot.value = said?.error?.message ?? `the server answered ${answer.status}`;
}

async function begin(body: string, headers: Record<string, string>): Promise<boolean> {
  const answer = await fetch("/console/session", { method: "POST", body, headers });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    whyNot.value = said?.error?.message ?? `the server answered ${answer.status}`;
    return false;
  }
  whyNot.value = "";
  session.value = said;
  return true;
}

/** Signs in with an access key or a connection string. The key stays here: it signs the request. */
export async function signInWith(text: string): Promise<boolean> {
  const key = /accesskey=([^;]+)/i.exec(text)?.[1] ?? text.trim();
  try {
    const body = JSON.stringify({ once: crypto.randomUUID() });
    return await begin(body, await signature("POST", "/console/session", body, key));
  } catch {
    whyNot.value = "this is no access key: it is a text in base64, or a whole connection string";
    return false;
  }
}

async function signature(method: string, path: string, body: string, key: string): Promise<Record<string, string>> {
  const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;
  const base64 = (data: ArrayBuffer): string => btoa(String.fromCharCode(...new Uint8Array(data)));
  const secret = await crypto.subtle.importKey("raw", Uint8Array.from(atob(key), (c) => c.charCodeAt(0)), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const hash = base64(await crypto.subtle.digest("SHA-256", bytes(body)));
  const date = new Date().toUTCString();
  const signed = base64(await crypto.subtle.sign("HMAC", secret, bytes(`${method}\n${path}\n${date};${location.host};${hash}`)));
  return { "x-ms-date": date, "x-ms-content-sha256": hash, authorization: `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signed}` };
}

export async function signOut(): Promise<void> {
  await fetch("/console/session", { method: "DELETE", headers: { "x-console-token": session.value?.token ?? "" } });
  over("You are signed out.");
}

/** The session has ended elsewhere. */
export function over(why = "The session is over. Sign in again."): void {
  if (session.value === null) return;
  whyNot.value = why;
  session.value = null;
}
