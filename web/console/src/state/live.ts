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

function connect(): void {
  if (!session.peek() || socket) return;
  const url = new URL("/console/live", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const made = new WebSocket(url);
  socket = made;
  made.onopen = () => {
    pause = 500;
    connected.value = true;
    say();
  };
  made.onmessage = (event) => take(JSON.parse(event.data));
  made.onclose = () => {
    socket = undefined;
    connected.value = false;
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
  if (session.value) connect();
  else socket?.close();
});
