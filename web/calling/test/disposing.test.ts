// Agents and clients that are disposed of, and at which moment.
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import type { Agent } from "../src/agent";
import { CallClient } from "../src/client";
import type { IncomingCall } from "../src/types";
import { FakeSocket, newest, settle } from "./fakes";
import { begin, finish, greet, inRoom, newAgent, pass, ROOM, welcome } from "./room";

let agent: Agent | undefined;
/** What listens to the page now. */
let listening: string[];
beforeEach(() => {
  begin();
  agent = undefined;
  listening = [];
  const page = globalThis as any;
  page.addEventListener = (event: string) => listening.push(event);
  page.removeEventListener = (event: string) => listening.splice(listening.indexOf(event), listening.includes(event) ? 1 : 0);
});
afterEach(async () => {
  if (agent) await finish(agent);
  else mock.timers.reset();
  delete (globalThis as any).addEventListener;
  delete (globalThis as any).removeEventListener;
});

/** How a promise has settled. */
const outcome = (work: Promise<unknown>): Promise<unknown> => work.then(() => "done", (error) => error.subCode);

async function connected(): Promise<Agent> {
  agent = newAgent();
  void agent.open();
  await greet("s1");
  return agent;
}

test("an agent leaves no listener behind, whether it is disposed of, or its session ends before", async () => {
  const made = await connected();
  assert.ok(listening.includes("pagehide"));
  await made.facade.dispose();
  assert.deepEqual(listening, []);
  await connected();
  newest().drop(4403, "no");
  assert.equal(agent!.facade.connectionState, "Disconnected");
  assert.deepEqual(listening, []);
});

test("no call is begun by an agent that is being disposed of, and both who dispose wait for the end", async () => {
  const { agent: made, call } = await inRoom([]);
  agent = made;
  const ends: string[] = [];
  call.on("stateChanged", () => ends.push(call.state));
  const gone = [1, 2].map(() => made.facade.dispose().then(() => ends.push("disposed")));
  assert.throws(() => made.facade.join({ roomId: ROOM }), { code: 412 });
  await settle();
  assert.equal(newest().sent.filter(({ t }) => t === "call.hangup").length, 1);
  newest().say({ t: "call.ended", seq: 9, call: call.id, code: 0, subCode: 0 });
  await Promise.all(gone);
  assert.deepEqual(ends, ["Disconnecting", "Disconnected", "disposed", "disposed"]);
});

test("nothing rings at an agent that is being disposed of", async () => {
  const { agent: made, call } = await inRoom([]);
  agent = made;
  const rang: IncomingCall[] = [];
  made.facade.on("incomingCall", ({ incomingCall }) => rang.push(incomingCall));
  newest().say({ t: "incoming", seq: 9, incoming: { call: "a", from: "8:acs:ada" } });
  const gone = made.facade.dispose();
  newest().say({ t: "incoming", seq: 10, incoming: { call: "b", from: "8:acs:bob" } });
  assert.deepEqual(rang.map(({ id, callEndReason }) => `${id} ${callEndReason?.code}`), ["a 487"]);
  await assert.rejects(rang[0].accept(), { code: 400, subCode: 41006 });
  newest().say({ t: "call.ended", seq: 11, call: call.id, code: 0, subCode: 0 });
  await gone;
});

test("a call that is being joined when its agent is disposed of ends", async () => {
  const made = await connected();
  const call = made.facade.join({ roomId: ROOM });
  await settle();
  const gone = outcome(made.facade.dispose());
  await pass(6_000);
  assert.deepEqual([await gone, call.state, call.callEndReason?.code], ["done", "Disconnected", 0]);
});

test("an application is told of the end of calls that it was told of, and of no others", async () => {
  const made = await connected();
  const told: string[] = [];
  made.facade.on("callsUpdated", ({ added, removed }) => told.push(`+${added.length} -${removed.length}`));
  await made.facade.join({ roomId: ROOM }).hangUp();
  await settle();
  assert.deepEqual(told, []);
  const call = made.facade.join({ roomId: ROOM });
  await settle();
  assert.deepEqual(told, ["+1 -0"]);
  newest().say({ t: "call.ended", seq: 9, call: call.id, code: 0, subCode: 0 });
  assert.deepEqual(told, ["+1 -0", "+0 -1"]);
});

const TOKEN = `h.${btoa(JSON.stringify({ skypeid: "acs:ann", endpoint: "http://calls.example" }))}.s`;

test("a client that is disposed of while its agent connects, or the token is awaited, has none, and may make another", async () => {
  const client = new CallClient();
  let give!: (token: { token: string; expiresOnTimestamp: number }) => void;
  const slow = { getToken: () => new Promise<{ token: string; expiresOnTimestamp: number }>((resolve) => (give = resolve)), dispose: () => {} };
  const quick = { getToken: async () => ({ token: TOKEN, expiresOnTimestamp: 0 }), dispose: () => {} };
  for (const credential of [slow, quick]) {
    const made = outcome(client.createCallAgent(credential));
    await settle();
    await pass(1);
    const gone = client.dispose();
    give({ token: TOKEN, expiresOnTimestamp: 0 });
    await gone;
    assert.equal(await made, 4502);
  }
  assert.equal(newest().readyState, 3);
  const made = client.createCallAgent(quick);
  await settle();
  await pass(1);
  newest().open();
  newest().say(welcome("s1"));
  assert.equal((await made).connectionState, "Connected");
  await client.dispose();
});

test("a client that is disposed of in the same breath, or while the agent before leaves its calls, makes none", async () => {
  const credential = { getToken: async () => ({ token: TOKEN, expiresOnTimestamp: 0 }), dispose: () => {} };
  const client = new CallClient();
  const none = outcome(client.createCallAgent(credential));
  await client.dispose();
  await settle();
  assert.equal(FakeSocket.all.length, 0);
  assert.equal(await none, 4502);

  const opening = client.createCallAgent(credential);
  await settle();
  await greet("s1");
  const before = await opening;
  const call = before.join({ roomId: ROOM });
  await settle();
  const gone = before.dispose();
  const next = outcome(client.createCallAgent(credential));
  const disposed = client.dispose();
  await settle();
  newest().say({ t: "call.ended", seq: 9, call: call.id, code: 0, subCode: 0 });
  await Promise.all([gone, disposed]);
  await settle();
  assert.equal(FakeSocket.all.length, 1);
  assert.equal(await next, 4502);
});

test("the next agent of a user waits for the one before, which has been disposed of, to leave its calls", async () => {
  const credential = { getToken: async () => ({ token: TOKEN, expiresOnTimestamp: 0 }), dispose: () => {} };
  const first = new CallClient();
  const opening = first.createCallAgent(credential);
  await settle();
  await greet("s1");
  const before = await opening;
  const call = before.join({ roomId: ROOM });
  await settle();
  assert.equal(await outcome(new CallClient().createCallAgent(credential)), 40228);
  const gone = before.dispose();
  const next = [first, new CallClient()].map((client) => client.createCallAgent(credential));
  const made = next.map(outcome);
  await settle();
  assert.equal(FakeSocket.all.length, 1, "it has not left");
  newest().say({ t: "call.ended", seq: 9, call: call.id, code: 0, subCode: 0 });
  await gone;
  await settle();
  await greet("s2");
  assert.deepEqual((await Promise.all(made)).sort(), [40228, "done"], "one of them is the user's");
  for (const one of await Promise.allSettled(next)) if (one.status === "fulfilled") await one.value.dispose();
});

test("a credential that never gives a token is given up", async () => {
  const never = { getToken: () => new Promise<never>(() => {}), dispose: () => {} };
  const made = outcome(new CallClient().createCallAgent(never));
  await pass(31_000);
  assert.deepEqual([await made, FakeSocket.all.length], [10009, 0]);
});
