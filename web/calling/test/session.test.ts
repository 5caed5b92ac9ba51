import assert from "node:assert/strict";
import { test } from "node:test";
import { Session } from "../src/signalling/session";
import { FakeSocket, newest, settle } from "./fakes";
import { open, running, welcome } from "./sessions";

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

test("events come once, also if the server sends them again", async () => {
  const { events } = await open();
  newest().say(welcome());
  newest().say({ t: "role", seq: 1 });
  newest().say({ t: "role", seq: 1 });
  newest().say({ t: "role", seq: 2 });
  assert.equal(events.length, 2);
});

test("a second refusal of the token is final", async () => {
  const { opened, changes } = await open();
  const before = FakeSocket.all.length;
  newest().drop(4401, "expired");
  while (FakeSocket.all.length === before) await new Promise((resolve) => setTimeout(resolve, 20)); // for its second attempt
  newest().open();
  newest().drop(4401, "expired");
  await assert.rejects(opened, { code: 401, subCode: 10009 });
  assert.deepEqual(changes, ["over invalidToken"]);
});
