// What a page sees of a server that is restarted, in simulated time.
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import type { Agent } from "../src/agent";
import type { Call } from "../src/types";
import { FakeConnection } from "./fakeconnection";
import { newest, settle } from "./fakes";
import { admit, begin, finish, grant, greet, inRoom, newAgent, pass, ROOM, welcome } from "./room";

const BOB = { id: "8:acs:bob", displayName: "Bob", state: "Connected", muted: false, endpoints: ["b"], streams: [{ id: 7, kind: "camera" }] };
const CAT = { id: "8:acs:cat", displayName: "Cat", state: "Connected", muted: false, endpoints: ["c"], streams: [{ id: 8, kind: "camera" }] };
const PHONE = { id: "4:+15550100", state: "Connected", muted: false, endpoints: ["d"], streams: [] };

let agent: Agent;
beforeEach(begin);
afterEach(() => finish(agent));

interface Watched {
  call: Call;
  /** All that the application is told. */
  told: string[];
}

/** A call of a room with Bob, Cat and a phone. */
async function watched(): Promise<Watched> {
  const room = await inRoom([BOB, CAT, PHONE]);
  agent = room.agent;
  const { call } = room;
  const told: string[] = [];
  call.on("stateChanged", () => told.push(call.state));
  call.on("remoteParticipantsUpdated", ({ added, removed }) => {
    for (const { displayName } of added) told.push(`${displayName} came`);
    for (const { displayName, state } of removed) told.push(`${displayName ?? "phone"} left ${state}`);
  });
  return { call, told };
}

/** The server is gone without a word; nobody answers for so long. */
async function absent(ms: number): Promise<void> {
  newest().drop();
  for (let left = ms; left > 0; left -= 500) {
    await pass(500);
    if (newest().readyState === 0) newest().drop();
  }
}

/** The server is back, and does not know the session. */
async function back(): Promise<void> {
  for (let i = 0; newest().readyState !== 0; i++) {
    assert.ok(i < 30, "no further socket was opened");
    await pass(500);
  }
  newest().open();
  assert.equal(newest().last("hello").session, "s1");
  newest().drop(4404);
  await pass(2_000);
  newest().open();
  assert.equal(newest().last("hello").session, undefined);
  newest().say(welcome("s2"));
  await settle();
}

test("after a restart the room is joined again, and the application is told nothing of it", async () => {
  const { call, told } = await watched();
  const [bob, cat] = call.remoteParticipants;
  const pictures = bob.videoStreams[0];
  await absent(60_000);
  await back();
  const join = newest().last("call.join");
  assert.deepEqual([join.call, join.room, join.muted], [call.id, ROOM, false]);
  await admit(call, 1, [{ ...BOB, streams: [{ id: 1, kind: "camera" }] }]);
  assert.deepEqual(FakeConnection.all.map((one) => one.closed), [true, false]);
  assert.deepEqual(told, ["phone left Disconnected"]);
  assert.deepEqual(call.remoteParticipants.map((one) => one === bob || one === cat), [true, true]);
  assert.equal(bob.videoStreams[0], pictures, "another object has Bob's pictures");
  assert.equal(pictures.isAvailable, true);
  assert.equal(await call.info.getServerCallId(), "server1");
  newest().say({ t: "roster", seq: 4, call: call.id, version: 2, full: false, set: [CAT], removed: [] });
  await pass(130_000);
  assert.deepEqual(told, ["phone left Disconnected"]);
});

test("who does not come back by the end of two minutes has left", async () => {
  const { call, told } = await watched();
  await absent(60_000);
  await back();
  await admit(call, 1, [BOB]);
  await pass(40_000);
  assert.deepEqual(told, ["phone left Disconnected"]);
  await pass(20_000);
  assert.deepEqual(told, ["phone left Disconnected", "Cat left Disconnected"]);
});

test("a return after 117 seconds is silent; after 120 the call ends with 496/7", async () => {
  const { call, told } = await watched();
  await absent(117_000);
  await back();
  await admit(call, 1, [BOB, CAT]);
  assert.deepEqual(told, ["phone left Disconnected"]);
  await absent(121_000);
  assert.deepEqual(told.slice(1).filter((line) => line.startsWith("Disc")), ["Disconnecting", "Disconnected"]);
  assert.deepEqual([call.callEndReason?.code, call.callEndReason?.subCode], [496, 7]);
  assert.equal(agent.facade.connectionState, "Disconnected");
});

test("a server that stops ends no call of a room that its successor has", async () => {
  const { call, told } = await watched();
  newest().say({ t: "goaway", seq: 4, inMs: 1000 });
  newest().say({ t: "call.ended", seq: 5, call: call.id, code: 503, subCode: 0, message: "the server was stopped" });
  newest().drop(4503);
  await pass(3_000);
  newest().open();
  assert.equal(newest().last("hello").session, undefined);
  newest().say(welcome("s2"));
  await settle();
  await admit(call, 1, [BOB, CAT]);
  assert.deepEqual(told, ["phone left Disconnected"]);
});

test("what was asked for meanwhile is done in the new call, a hold first", async () => {
  const { call, told } = await watched();
  const hold = call.hold();
  await settle();
  await grant("call.hold");
  newest().say({ t: "call.state", seq: 4, call: call.id, state: "LocalHold" });
  await hold;
  newest().drop();
  await pass(1);
  const muted = call.mute();
  await back();
  assert.equal(newest().last("call.join").muted, true);
  await admit(call, 1, [BOB, CAT]);
  assert.deepEqual(newest().sent.map((frame) => frame.t).filter((t) => t !== "ack").slice(1), ["call.join", "media.offer", "call.hold", "media.state"]);
  await grant("media.state");
  await muted;
  assert.deepEqual([call.state, told], ["LocalHold", ["LocalHold", "phone left Disconnected"]]);
});

test("a room that refuses ends the call with its code", async () => {
  const { call } = await watched();
  newest().drop();
  await back();
  await grant("call.join", { t: "error", code: 404, subCode: 5732, message: "there is no such room" });
  assert.deepEqual([call.state, call.callEndReason?.subCode], ["Disconnected", 5732]);
});

test("who may join a group only where somebody is waits for somebody, for the two minutes", async () => {
  const group = { groupId: "6b8c1f8e-0a5e-4a38-9c0b-0a5b7f2f1a11" };
  const refused = { t: "error", code: 403, subCode: 0, message: "the token permits joining alone" };
  let call: Call;
  ({ agent, call } = await inRoom([BOB], group));
  newest().drop();
  await back();
  assert.equal(newest().last("call.join").group, group.groupId);
  await grant("call.join", refused);
  await pass(2_000);
  await admit(call, 1, [BOB]);
  assert.equal(call.state, "Connected");
  newest().drop(4404);
  await pass(500);
  newest().open();
  newest().say(welcome("s3"));
  for (let i = 0; i < 80 && call.state === "Connected"; i++) {
    await grant("call.join", refused);
    newest().say({ t: "ok", re: "ping" }); // it is there
    await pass(2_000);
  }
  assert.deepEqual([call.state, call.callEndReason?.code], ["Disconnected", 403]);
});

test("who leaves while the server is gone is not brought back", async () => {
  const { call } = await watched();
  newest().drop();
  await pass(1);
  newest().open();
  newest().drop(4404);
  await call.hangUp();
  assert.deepEqual([call.state, call.callEndReason?.code], ["Disconnected", 0]);
  await pass(2_000);
  newest().open();
  newest().say(welcome("s2"));
  await settle();
  assert.ok(!newest().sent.some((frame) => frame.t === "call.join"), "it joins");
});

test("calls of two end with the server, and so does that of a page that was frozen for minutes", async () => {
  const { call } = await watched();
  const two = agent.facade.startCall([{ communicationUserId: "8:acs:bob" }]);
  await settle();
  await grant("call.start");
  newest().say({ t: "call.state", seq: 4, call: two.id, state: "Connected" });
  newest().drop();
  await back();
  assert.deepEqual([two.state, two.callEndReason?.code, two.callEndReason?.subCode], ["Disconnected", 410, 3101]);
  await admit(call, 1, [BOB]);
  mock.timers.setTime(Date.now() + 600_000); // without any timer
  newest().drop(4404);
  assert.deepEqual([call.state, call.callEndReason?.code, call.callEndReason?.subCode], ["Disconnected", 410, 3101]);
});

for (const away of [true, false]) {
  test(`a room that is joined ${away ? "while the server is gone" : "as the server goes"} is joined once, with sound, when it is back`, async () => {
    agent = newAgent();
    void agent.open();
    await greet("s1");
    if (away) newest().drop();
    const call = agent.facade.join({ roomId: ROOM });
    const named = call.info.getServerCallId();
    await settle();
    if (!away) newest().drop();
    await back();
    assert.equal(call.state, "Connecting");
    await admit(call, 1, [BOB]);
    assert.deepEqual([call.state, call.remoteParticipants.length, FakeConnection.all.length], ["Connected", 1, 1]);
    assert.equal(await named, "server1");
    assert.equal(newest().sent.filter((frame) => frame.t === "call.join").length, 1);
  });
}

test("a machine that slept for hours joins nothing when it wakes, though what came before waits to be read", async () => {
  let call: Call;
  ({ agent, call } = await inRoom([BOB]));
  await pass(15_000);
  mock.timers.setTime(Date.now() + 3 * 3_600_000);
  newest().say({ t: "speakers", seq: 20, call: call.id, speaking: [], dominant: [] });
  for (let i = 0; i < 60 && newest().readyState !== 0; i++) await pass(500);
  newest().open();
  newest().drop(4404);
  await settle();
  assert.deepEqual([call.state, call.callEndReason?.code, call.callEndReason?.subCode], ["Disconnected", 410, 3101]);
});

test("a machine that slept for a moment is in its call", async () => {
  let call: Call;
  ({ agent, call } = await inRoom([BOB]));
  await pass(15_000);
  newest().say({ t: "ok", re: "ping" });
  mock.timers.setTime(Date.now() + 100_000);
  await pass(11_000);
  newest().say({ t: "ok", re: "ping" });
  await pass(15_000);
  newest().say({ t: "ok", re: "ping" });
  newest().drop();
  await pass(500);
  newest().open();
  newest().drop(4404);
  await settle();
  assert.equal(call.state, "Connected", "it is joined anew: the server has lost it a moment ago");
});

test("a media path that is lost has the server asked for a sign of life", async () => {
  let call: Call;
  ({ agent, call } = await inRoom([BOB]));
  const pings = (): number => newest().sent.filter(({ t }) => t === "ping").length;
  const before = pings();
  FakeConnection.newest().lose();
  assert.deepEqual([call.state, pings()], ["Connected", before + 1]);
});
