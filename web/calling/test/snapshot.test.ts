// What a page makes of a snapshot, which comes where the server no longer has what was missed.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { Agent } from "../src/agent";
import type { IncomingCall } from "../src/types";
import { newest, settle } from "./fakes";
import { begin, finish, grant, inRoom, pass, welcome } from "./room";

let agent: Agent;
beforeEach(begin);
afterEach(() => finish(agent));

/** The connection was lost, and is back with this snapshot. */
async function resumed(snapshot: object): Promise<void> {
  newest().drop();
  await pass(1_000);
  newest().open();
  newest().say({ ...welcome("s1", true), snapshot: { incoming: [], calls: [], ...snapshot } });
  await settle();
}

test("a call that the server had taken and that is not there any more has ended, in whatever state", async () => {
  const room = await inRoom([]);
  agent = room.agent;
  const connecting = agent.facade.join({ roomId: "99000000000000002" });
  await settle();
  await grant("call.join");
  await grant("media.offer", { t: "media.answer", call: connecting.id, n: 1, sdp: "v=0" });
  const unheard = agent.facade.join({ roomId: "99000000000000003" });
  await settle();
  assert.deepEqual([room.call.state, connecting.state, unheard.state], ["Connected", "Connecting", "Connecting"]);
  await resumed({});
  for (const call of [room.call, connecting]) assert.deepEqual([call.state, call.callEndReason?.code, call.callEndReason?.subCode], ["Disconnected", 410, 3101]);
  assert.equal(unheard.state, "Connecting");
  await grant("call.join");
  assert.equal(unheard.state, "Connecting");
});

test("a call that was left and is not there any more has ended as it was left", async () => {
  const room = await inRoom([]);
  agent = room.agent;
  const gone = room.call.hangUp();
  await settle();
  await resumed({});
  await gone;
  assert.deepEqual([room.call.state, room.call.callEndReason?.code], ["Disconnected", 0]);
});

test("a mute by others that was lifted meanwhile is lifted", async () => {
  const room = await inRoom([]);
  agent = room.agent;
  const there = { call: room.call.id, state: "Connected", muted: false };
  newest().say({ t: "muted", seq: 9, call: room.call.id, muted: true });
  await resumed({ calls: [{ ...there, muted: true }] });
  assert.equal(room.call.isMuted, true);
  await resumed({ calls: [there] });
  assert.equal(room.call.isMuted, false);
});

test("what rings no longer has ended, and what rings now is told", async () => {
  const room = await inRoom([]);
  agent = room.agent;
  const rang: IncomingCall[] = [];
  agent.facade.on("incomingCall", ({ incomingCall }) => rang.push(incomingCall));
  newest().say({ t: "incoming", seq: 9, incoming: { call: "a", from: "8:acs:ada" } });
  await resumed({ incoming: [{ call: "b", from: "8:acs:bob" }] });
  assert.deepEqual(rang.map(({ id, callEndReason }) => `${id} ${callEndReason?.code ?? "rings"}`), ["a 487", "b rings"]);
});
