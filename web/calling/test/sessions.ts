// Sessions of tests, over sockets that the tests speak for.
import { afterEach, mock } from "node:test";
import { Session, type SessionOptions } from "../src/signalling/session";
import type { Frame } from "../src/signalling/socket";
import { FakeSocket, newest, settle } from "./fakes";

(globalThis as any).WebSocket = FakeSocket;

export interface Watched {
  session: Session;
  events: Frame[];
  changes: string[];
  opened: Promise<void>;
}

/** Sessions that end with the test. */
export const running: Session[] = [];
afterEach(() => {
  for (const session of running.splice(0)) session.close();
  for (const socket of FakeSocket.all) socket.drop(1000); // those that say goodbye
  FakeSocket.all = [];
});

export async function open(options: Partial<SessionOptions> = {}): Promise<Watched> {
  const events: Frame[] = [];
  const changes: string[] = [];
  const session = new Session({
    address: "ws://127.0.0.1:1/client",
    token: async () => "token",
    userAgent: "test",
    log: () => {},
    event: (frame) => events.push(frame),
    changed: (state, why) => changes.push(why.lost ? `${state} lost` : why.reason ? `${state} ${why.reason}` : state),
    ...options,
  });
  running.push(session);
  const opened = session.open();
  opened.catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 5));
  newest().open();
  return { session, events, changes, opened };
}

export function welcome(resumed = false, session = "s1"): object {
  return { t: "welcome", re: "", session, resumed, graceMs: 120_000, user: "8:acs:u", iceServers: [] };
}

/** A session that has begun while time is mocked. */
export async function openTicking(): Promise<Session> {
  const session = new Session({ address: "ws://127.0.0.1:1/client", token: async () => "t", userAgent: "", log: () => {}, event: () => {}, changed: () => {} });
  running.push(session);
  void session.open();
  mock.timers.tick(1);
  await settle();
  newest().open();
  newest().say(welcome());
  return session;
}
