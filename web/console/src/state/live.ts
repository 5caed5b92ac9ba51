// What the server tells as it happens, over one WebSocket for the whole page.
import { effect, signal } from "@preact/signals";
import { over, session } from "./session";

export interface News {
  kind: string;
  body: any;
}

export const figures = signal<Record<string, number>>({});
/** The figures of the last two minutes, oldest first, one a second. */
export const history = signal<Record<string, number>[]>([]);
export const connected = signal(false);
/** Why the page hears no news, so that what it shows may be old; "" while it does. */
export const trouble = signal("");
/** How often the page has been connected again. What happened meanwhile was not told. */
export const returns = signal(0);
/** News that came faster than this page could be told. */
export const missed = signal(0);

const kept = 120;
const hearers = new Set<(news: News[]) => void>();

/** Hears news until the returned function is called. */
export function hear(hearer: (news: News[]) => void): () => void {
  hearers.add(hearer);
  return () => hearers.delete(hearer);
}

let watched = "";

/** Asks for every item of one call's timeline, until the returned function is called. */
export function watch(call: string): () => void {
  watched = call;
  say();
  return () => {
    if (watched !== call) return;
    watched = "";
    say();
  };
}

function say(): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ watch: watched }));
}

let socket: WebSocket | undefined;
let pause = 500;
let everConnected = false;

/** A socket that is refused does not say why. A server that has begun anew knows no session. */
async function lookWhy(): Promise<void> {
  const answer = await fetch("/console/session").catch(() => undefined);
  if (connected.peek() || !session.peek()) return; // a request may fail long after the next socket has opened
  if (answer?.status === 401) return over();
  // Where the server is away, a proxy before it may answer with an error.
  trouble.value = answer?.ok
    ? "The server tells this page no news, and perhaps has too many pages open: what is shown may be old."
    : "The server does not answer: what is shown may be old. The page keeps trying.";
}

function connect(): void {
  if (!session.peek() || socket) return;
  const url = new URL("/console/live", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const made = new WebSocket(url);
  let opened = false;
  socket = made;
  made.onopen = () => {
    pause = 500;
    if (everConnected) returns.value++;
    opened = everConnected = connected.value = true;
    trouble.value = "";
    say();
  };
  made.onmessage = (event) => take(JSON.parse(event.data));
  made.onclose = () => {
    socket = undefined;
    connected.value = false;
    if (!opened) void lookWhy();
    setTimeout(connect, pause);
    pause = Math.min(pause * 2, 15_000);
  };
}

function take(told: { figures?: Record<string, number>; news?: News[]; missed?: number; over?: boolean }): void {
  if (told.over) return over();
  if (told.figures) {
    figures.value = told.figures;
    history.value = [...history.value.slice(1 - kept), told.figures];
  }
  if (told.missed) missed.value += told.missed;
  if (told.news) for (const hearer of hearers) hearer(told.news);
}

effect(() => {
  if (session.value) return connect();
  trouble.value = "";
  socket?.close();
});
