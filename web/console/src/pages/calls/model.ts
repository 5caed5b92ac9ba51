// What /admin/insight/v1 answers (docs/insight.md).
import { href } from "../../state/router";
import { session } from "../../state/session";

export interface Call {
  id: string;
  subject: "call" | "invite" | "request" | "join";
  state: "ringing" | "connected" | "ended";
  serverCallId?: string;
  groupCallId?: string;
  roomId?: string;
  from?: string;
  to?: string;
  startTime: string;
  endTime?: string;
  durationMs?: number;
  participants?: string[];
  callConnectionIds?: string[];
  sipCallIds?: string[];
  trunks?: string[];
  endKind?: string;
  sipCode?: number;
  q850Cause?: number;
  mos?: number;
  failed?: boolean;
  reason?: string;
  problems?: { code: string; at: string; text: string }[];
  items: number;
  omittedItems?: number;
}

export type Kind = "request" | "event" | "delivery" | "sip" | "leg" | "measure" | "browser" | "log" | "call";

export interface Item {
  seq: number;
  at: string;
  kind: Kind;
  text: string;
  failed?: boolean;
  detail?: any;
}

export const insight = "/admin/insight/v1";

/** An identity as people read it: a number, or the end of a user's id. */
export function who(rawId?: string): string {
  if (!rawId) return "–";
  if (rawId.startsWith("4:")) return rawId.slice(2) || "anonymous";
  const user = /^8:acs:[^_]+_(.+)$/.exec(rawId);
  return user ? `user ${user[1]!.slice(-8)}` : rawId;
}

/** A line with its identities as people read them. */
export const short = (text: string): string => text.replace(/8:acs:[\da-f-]{36}_[\da-f-]{36}|4:\+\d+/g, who);

export const callHref = (id: string): string => href(`calls/${encodeURIComponent(id)}`);

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A request of an application as commands of a shell, which sign it with the key. */
export function asCurl(detail: { method: string; path: string; apiVersion?: string; body?: string }): string {
  const body = detail.body ?? "";
  return `# the access key: switchhook keys show
key='${session.value?.role === "administrator" ? "…" : ""}' path=${quote(detail.path + (detail.apiVersion ? `?api-version=${detail.apiVersion}` : ""))} host=${location.host} body=${quote(body)}
date=$(date -u '+%a, %d %b %Y %H:%M:%S GMT') hash=$(printf %s "$body" | openssl dgst -sha256 -binary | base64)
hex=$(printf %s "$key" | base64 -d | od -An -tx1 | tr -d ' \\n')
signature=$(printf '${detail.method}\\n%s\\n%s;%s;%s' "$path" "$date" "$host" "$hash" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$hex" -binary | base64)
curl -k -X ${detail.method} "${location.protocol}//$host$path" -H 'Content-Type: application/json' -H "x-ms-date: $date" -H "x-ms-content-sha256: $hash" \\
  -H "Authorization: HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=$signature" --data "$body"`;
}

/** A delivery of an event as a command of a shell. */
export const deliveryAsCurl = (url: string, body: string): string => `curl -X POST ${quote(url)} -H 'Content-Type: application/json' --data ${quote(body)}`;

/** JSON in lines, or the text as it is. */
export function pretty(text?: string): string {
  if (!text) return "";
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
