import assert from "node:assert/strict";
import { afterEach, mock, test } from "node:test";
import { Session, type SessionOptions } from "../src/signalling/session";
import type { Frame } from "../src/signalling/socket";
import { FakeSocket, newest, settle } from "./fakes";

(globalThis as any).WebSocket = FakeSocket;

interface Watched {
  session: Session;
  events: Frame[];
  changes: string[];
  opened: Promise<void>;
}

const running: Session[] = [];
afterEach(() => {
  for (const session of running.splice(0)) session.close();
  for (const socket of FakeSocket.all) socket.drop(1000); // those that say goodbye
  FakeSocket.all = [];
});

async function open(options: Partial<SessionOptions> = {}): Promise<Watched> {
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

function welcome(resumed = false, session = "s1"): object {
  return { t: "welcome", re: "", session, resumed, graceMs: 120_000, user: "8:acs:u", iceServers: [] };
}

/** A session that has begun while time is mocked. */
async function openTicking(): Promise<Session> {
  const session = new Session({ address: "ws://127.0.0.1:1/client", token: async () => "t", userAgent: "", log: () => {}, event: () => {}, changed: () => {} });
  running.push(session);
  void session.open();
  mock.timers.tick(1);
  await settle();
  newest().open();
  newest().say(welcome());
  return session;
}

test("the token is in the first frame, and nowhere else", async () => {
  await open();
  assert.equal(newest().address, "ws://127.0.0.1:1/client");
  assert.deepEqual(newest().sent.map((frame) => frame.t), ["hello"]);
  assert.equal(newest().sent[0].token, "token");
});

/** What happens while the server answers plain requests so; it gives the addresses that were asked. */
async function answering(answer: () => Promise<Response>, act: () => Promise<void>): Promise<string[]> {
  const asked: string[] = [];
  const before = globalThis.fetch;
  globalThis.fetch = (async (address: string) => (asked.push(address), answer())) as typeof fetch;
  try {
    await act();
    return asked;
  } finally {
    globalThis.fetch = before;
  }
}

/** A session whose first socket does not open, and whose server answers a plain request. */
async function refused(answer: () => Promise<Response>): Promise<{ opened: Promise<unknown>; asked: string[] }> {
  let opened!: Promise<unknown>;
  const asked = await answering(answer, async () => {
    const session = new Session({ address: "ws://127.0.0.1:1/client", token: async () => "token", userAgent: "", log: () => {}, event: () => {}, changed: () => {} });
    running.push(session);
    opened = session.open().then(() => "opened", (error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 5));
    newest().drop();
    await settle();
  });
  return { opened, asked };
}

const text = { "content-type": "text/plain; charset=utf-8" };

test("a page whose WebSocket is refused hears why, and does not wait", async () => {
  for (const [status, code] of [[403, 403], [404, 404], [421, 403]]) {
    const { opened, asked } = await refused(async () => new Response("add the origin\n", { status, headers: text }));
    const { message, ...error } = (await opened) as Error & { code: number; subCode: number };
    assert.deepEqual(asked, ["http://127.0.0.1:1/client"]);
    assert.deepEqual([error.code, error.subCode], [code, 40216]);
    assert.match(message, /add the origin$/);
  }
});

test("answers that may be others tomorrow are waited for", async () => {
  for (const answer of [
    async () => new Response("later", { status: 503, headers: text }),
    async () => new Response("a socket would be taken", { status: 426, headers: text }),
    async () => new Response("<html>", { status: 404, headers: { "content-type": "text/html" } }),
    () => Promise.reject(new TypeError("no answer that this page may read")),
  ]) {
    const { opened } = await refused(answer);
    assert.equal(await Promise.race([opened, settle().then(() => "waits")]), "waits");
    running.at(-1)!.close();
    await opened;
  }
});

/** A session that was live, whose socket is lost and whose next one does not open; the server answers a plain request. */
async function cut(answer: () => Promise<Response>): Promise<Watched & { asked: string[]; over: string[] }> {
  const over: string[] = [];
  const watched = await open({ changed: (state, why) => void (state === "over" && over.push(`${why.reason} ${why.message}`)) });
  newest().say(welcome());
  const asked = await answering(answer, async () => {
    newest().drop();
    await settle();
    assert.equal(watched.session.state, "away");
    await new Promise((resolve) => setTimeout(resolve, 5));
    newest().drop();
    await settle();
  });
  return { ...watched, asked, over };
}

test("a session whose server refuses the page when it comes back is over, and says why", async () => {
  for (const status of [403, 421]) {
    const { session, asked, over } = await cut(async () => new Response("add the origin", { status, headers: text }));
    assert.deepEqual([asked, session.state], [["http://127.0.0.1:1/client"], "over"]);
    assert.deepEqual(over, ["connectionIssue the server takes no calls of this page: add the origin"]);
  }
});

test("a session goes on where nothing answers, or what answers may be there in place of the server for a moment", async () => {
  for (const answer of [
    () => Promise.reject(new TypeError("nobody is there")),
    async () => new Response("default backend - 404", { status: 404, headers: text }),
    async () => new Response("<html>", { status: 403, headers: { "content-type": "text/html" } }),
    async () => new Response("later", { status: 503, headers: text }),
  ]) {
    const { session, asked } = await cut(answer);
    assert.deepEqual([asked.length, session.state], [1, "away"]);
    session.close();
  }
});

test("requests wait for the welcome and are answered by id", async () => {
  const { session } = await open();
  const asked = session.request("call.join", { call: "c", room: "r" });
  assert.equal(newest().sent.length, 1);
  newest().say(welcome());
  const request = newest().last("call.join");
  assert.equal(request.room, "r");
  newest().say({ t: "ok", re: request.id });
  assert.equal((await asked).t, "ok");
});

test("a refused request rejects with the server's code", async () => {
  const { session } = await open();
  newest().say(welcome());
  const asked = session.request("call.join", { call: "c", room: "r" });
  newest().say({ t: "error", re: newest().last("call.join").id, code: 403, subCode: 5828, message: "not on the list" });
  await assert.rejects(asked, { code: 403, subCode: 5828 });
});

test("a lost socket is replaced; what was not answered is sent again with its id", async () => {
  const { session, changes } = await open();
  newest().say(welcome());
  newest().say({ t: "roster", seq: 7 });
  const asked = session.request("call.hold", { call: "c" });
  const first = newest().last("call.hold");
  newest().drop();
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(FakeSocket.all.length, 2);
  newest().open();
  const hello = newest().last("hello");
  assert.equal(hello.session, "s1");
  assert.equal(hello.lastSeq, 7);
  newest().say(welcome(true));
  assert.equal(newest().last("call.hold").id, first.id);
  newest().say({ t: "ok", re: first.id });
  await asked;
  assert.deepEqual(changes, ["live", "away", "live"]);
});

test("events come once, also if the server sends them again", async () => {
  const { events } = await open();
  newest().say(welcome());
  newest().say({ t: "role", seq: 1 });
  newest().say({ t: "role", seq: 1 });
  newest().say({ t: "role", seq: 2 });
  assert.equal(events.length, 2);
});

test("a server that has lost the session gets a new one, and the calls are told", async () => {
  const { session, changes } = await open();
  newest().say(welcome());
  const asked = session.request("call.hold", { call: "c" });
  newest().drop(4404);
  await assert.rejects(asked, { code: 410, subCode: 3101 });
  await new Promise((resolve) => setTimeout(resolve, 5));
  newest().open();
  assert.equal(newest().last("hello").session, undefined);
  newest().say(welcome(false, "s2"));
  assert.deepEqual(changes, ["live", "away", "away lost", "live"]);
});

test("a second refusal of the token is final", async () => {
  const { opened, changes } = await open();
  newest().drop(4401, "expired");
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  newest().open();
  newest().drop(4401, "expired");
  await assert.rejects(opened, { code: 401, subCode: 10009 });
  assert.deepEqual(changes, ["over invalidToken"]);
});

test("a server without an answer is given up after a minute", async () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  try {
    const session = new Session({ address: "ws://127.0.0.1:1/client", token: async () => "t", userAgent: "", log: () => {}, event: () => {}, changed: () => {} });
    running.push(session);
    let refused: any;
    session.open().catch((error) => (refused = error));
    for (let i = 0; i < 80 && !refused; i++) {
      mock.timers.tick(1_000);
      await settle(2);
      if (FakeSocket.all.length > 0 && newest().readyState === 0) newest().drop();
      await settle(2);
    }
    assert.equal(refused?.code, 408);
  } finally {
    mock.timers.reset();
  }
});

test("another network has the server asked for a sign of life at once", async () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  const connection = new EventTarget();
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: { connection } });
  try {
    const session = await openTicking();
    mock.timers.tick(10);
    connection.dispatchEvent(new Event("change"));
    assert.equal(newest().sent.filter(({ t }) => t === "ping").length, 1);
    for (let i = 0; i < 9; i++) {
      mock.timers.tick(1_000);
      await settle(2);
    }
    assert.equal(session.state, "away", "a socket over the network before is as lost as that");
    session.close();
    const before = FakeSocket.all.length;
    connection.dispatchEvent(new Event("change"));
    assert.equal(FakeSocket.all.length, before);
  } finally {
    mock.timers.reset();
  }
});

test("a socket that is silent is replaced", async () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  try {
    await openTicking();
    for (let i = 0; i < 30; i++) {
      mock.timers.tick(1_000);
      await settle(2);
    }
    assert.ok(FakeSocket.all[0].sent.some((frame) => frame.t === "ping"), "it asks for a sign of life");
    assert.ok(FakeSocket.all.length > 1, "it connects anew");
  } finally {
    mock.timers.reset();
  }
});

test("in the last seconds of a session attempts come closer together", async () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  try {
    const session = await openTicking();
    newest().drop();
    const began = Date.now();
    const attempts: number[] = [];
    while (session.state === "away" && Date.now() - began < 125_000) {
      mock.timers.tick(100);
      await settle(2);
      if (newest().readyState !== 0) continue;
      attempts.push(Date.now() - began);
      newest().drop();
      await settle(2);
    }
    assert.ok(attempts.some((at) => at >= 119_000 && at <= 120_000), `attempts at ${attempts}`);
    const late = attempts.filter((at) => at > 100_000);
    for (let i = 1; i < late.length; i++) assert.ok(late[i] - late[i - 1] <= Math.max(1_000, (120_000 - late[i - 1]) / 2), `attempts at ${late}`);
    assert.equal(session.state, "over");
  } finally {
    mock.timers.reset();
  }
});

test("a server that takes the socket and does not answer hello is taken for gone", async () => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  try {
    const session = await openTicking();
    newest().drop();
    const began = Date.now();
    while (session.state === "away" && Date.now() - began < 150_000) {
      mock.timers.tick(500);
      await settle(2);
      if (newest().readyState === 0) newest().open();
    }
    assert.equal(session.state, "over");
    assert.ok(FakeSocket.all.length > 5, "it tries again and again");
  } finally {
    mock.timers.reset();
  }
});
