// Tokens that are good for a while, for somewhere else, or none at all.
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test, type TestContext } from "node:test";
import { CallClient } from "../src/client";
import type { CallAgent } from "../src/types";
import { FakeSocket, newest, settle } from "./fakes";
import { begin, pass, welcome } from "./room";

let client: CallClient;
beforeEach(() => {
  begin();
  client = new CallClient();
  (globalThis as any).location = { origin: "http://page.example" };
});
afterEach(async () => {
  const gone = client.dispose();
  await pass(6_000);
  await gone;
  delete (globalThis as any).location;
  mock.timers.reset();
});

/** A token as the server's, for Ann, that is good for so many seconds of this clock. */
function token(seconds: number, more: object = { endpoint: "http://calls.example" }): string {
  const claims = { skypeid: "acs:ann", exp: Math.floor(Date.now() / 1000) + seconds, ...more };
  return `h.${btoa(JSON.stringify(claims))}.s`;
}

/** A credential of the official package in small: it asks for another token when its own has expired. */
function refreshing(first: string, next: () => string): { getToken(): Promise<{ token: string; expiresOnTimestamp: number }>; dispose(): void } {
  let held = first;
  const expires = (): number => 1000 * JSON.parse(atob(held.split(".")[1])).exp;
  return {
    getToken: async () => {
      if (Date.now() >= expires()) held = next();
      return { token: held, expiresOnTimestamp: expires() };
    },
    dispose: () => {},
  };
}

const fixed = (text: string): ReturnType<typeof refreshing> => ({ getToken: async () => ({ token: text, expiresOnTimestamp: 0 }), dispose: () => {} });

/** The agent, connected. */
async function connect(credential: ReturnType<typeof refreshing>): Promise<CallAgent> {
  const made = client.createCallAgent(credential);
  await settle();
  await pass(1);
  assert.equal(newest().address, "ws://calls.example/client");
  newest().open();
  newest().say(welcome("s1"));
  return made;
}

/** The server refuses the token, for so long or until another one comes. */
async function refuse(ms: number): Promise<void> {
  const { token } = newest().last("hello");
  newest().drop(4401, "expired");
  for (let left = ms; left > 0; left -= 500) {
    await pass(500);
    if (newest().readyState !== 0) continue;
    newest().open();
    if (newest().sent.some((frame) => frame.t === "hello" && frame.token !== token)) return;
    newest().drop(4401, "expired");
  }
}

test("what is no token is refused at once, and no socket is opened", async () => {
  for (const text of ["garbage", "a.b.c", "", undefined as never]) await assert.rejects(client.createCallAgent(fixed(text)), { code: 401, subCode: 10009 });
  assert.equal(FakeSocket.all.length, 0);
});

/** Plain requests are answered so, until the end of the test. */
function answers(t: TestContext, answer: () => Promise<Response>): void {
  t.mock.method(globalThis, "fetch", answer);
}

const NAMELESS = { resourceId: "another" };

/** Asks for an agent with a token that names no server, and the first socket does not open. */
async function guess(): Promise<Promise<CallAgent>[]> {
  const made = client.createCallAgent(fixed(token(3600, NAMELESS)));
  made.catch(() => {});
  await settle();
  await pass(1);
  assert.equal(newest().address, "ws://page.example/client");
  newest().drop();
  await settle();
  return [made];
}

test("a token that names no server, at a page whose origin is another service, is refused at once", async (t) => {
  for (const [status, type] of [[200, "text/html"], [404, "text/html"], [404, "text/plain"]] as const) {
    answers(t, async () => new Response("something", { status, headers: { "content-type": type } }));
    const [made] = await guess();
    await assert.rejects(made, { code: 401, subCode: 10009 });
  }
  assert.equal(FakeSocket.all.length, 3);
});

test("a token that names no server is not refused because the network fails once", async (t) => {
  answers(t, () => Promise.reject(new TypeError("no network")));
  const [made] = await guess();
  await pass(2_000);
  assert.equal(FakeSocket.all.length, 2);
  newest().open();
  newest().say(welcome("s1"));
  assert.equal((await made).connectionState, "Connected");
});

test("a token that names no server, where nobody answers, ends with the code of the network", async (t) => {
  answers(t, () => Promise.reject(new TypeError("no network")));
  const [made] = await guess();
  for (let i = 0; i < 130; i++) {
    await pass(500);
    if (newest().readyState === 0) newest().drop();
  }
  await assert.rejects(made, { code: 408, subCode: 40101 });
});

test("a token that names no server, at a server that refuses its own name, ends with what it says", async (t) => {
  answers(t, async () => new Response("add it to public-host", { status: 421, headers: { "content-type": "text/plain" } }));
  const [made] = await guess();
  await assert.rejects(made, { code: 403, subCode: 40216, message: /public-host/ });
});

test("a token that has expired is replaced by the credential, also where the server's clock is ahead", async () => {
  const agent = await connect(refreshing(token(30), () => token(3600)));
  await pass(10_000);
  await refuse(60_000); // the page's clock is 20 s behind
  assert.equal(newest().last("hello").session, "s1");
  assert.notEqual(newest().last("hello").token, FakeSocket.all[0].last("hello").token);
  newest().say(welcome("s1", true));
  await pass(1_000);
  assert.equal(agent.connectionState, "Connected");
});

test("a token that was revoked ends the agent, though it has not expired", async () => {
  const agent = await connect(refreshing(token(3600), () => token(3600)));
  const reasons: unknown[] = [];
  agent.on("connectionStateChanged", ({ newValue, reason }) => reasons.push(newValue, reason));
  await refuse(5_000);
  assert.deepEqual(reasons, ["Disconnected", "invalidToken"]);
  assert.deepEqual(FakeSocket.all.flatMap(({ sent }) => sent).filter(({ t }) => t === "bye"), [{ t: "bye", session: "s1" }]);
});

test("an agent that is disconnected for good makes room for another one, and its own end leaves that alone", async () => {
  const first = await connect(fixed(token(3_600)));
  let second: Promise<CallAgent> | undefined;
  first.on("connectionStateChanged", () => (second = client.createCallAgent(fixed(token(3_600)))));
  newest().drop(4403, "no");
  await settle();
  await pass(1);
  newest().open();
  newest().say(welcome("s2"));
  assert.deepEqual([(await second!).connectionState, first.connectionState], ["Connected", "Disconnected"]);
  await first.dispose();
  await assert.rejects(client.createCallAgent(fixed(token(3_600))), { code: 409, subCode: 40228 });
  await assert.rejects(new CallClient().createCallAgent(fixed(token(3_600))), { code: 409, subCode: 40228 });
});

test("the server hears what the application calls itself", async () => {
  await client.dispose();
  client = new CallClient({ diagnostics: { appName: "shop" } });
  await connect(fixed(token(3_600)));
  assert.match(newest().last("hello").userAgent, /^switchhook-calling\/\S+ shop$/);
});
