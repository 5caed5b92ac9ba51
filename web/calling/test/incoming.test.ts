// Calls that ring here, in simulated time.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Call, IncomingCall } from "../src/types";
import { newest, settle } from "./fakes";
import { begin, finish, grant, greet, newAgent, pass } from "./room";

const ADA = { id: "8:acs:ada", displayName: "Ada", state: "Connected", muted: false, endpoints: ["a"], streams: [] };

/** A call that has rung and was accepted; of each change of who is there, a line. */
async function accepted(): Promise<{ call: Call; told: string[]; roster(...set: object[]): Promise<void>; end(): Promise<void> }> {
  begin();
  const agent = newAgent();
  void agent.open();
  await greet("s1");
  const rang = new Promise<IncomingCall>((resolve) => agent.facade.on("incomingCall", ({ incomingCall }) => resolve(incomingCall)));
  newest().say({ t: "incoming", seq: 1, incoming: { call: "c1", from: ADA.id, displayName: "Ada" } });
  const accepting = (await rang).accept();
  await settle();
  await grant("call.accept");
  const call = await accepting;
  const told: string[] = [];
  call.on("remoteParticipantsUpdated", ({ added, removed }) => told.push(`+${added.length} -${removed.length}`));
  let version = 0;
  const roster = async (...set: object[]): Promise<void> => {
    version++;
    newest().say({ t: "roster", seq: 1 + version, call: "c1", version, full: version === 1, set, removed: [] });
    await settle();
  };
  return { call, told, roster, end: () => finish(agent) };
}

test("who rang stays the same participant, though the server says later that it is there", async () => {
  const { call, told, roster, end } = await accepted();
  const [ada] = call.remoteParticipants;
  await roster();
  assert.deepEqual([call.remoteParticipants.length, told], [1, []]);
  await roster(ADA);
  assert.equal(call.remoteParticipants[0], ada);
  assert.deepEqual([ada.state, ada.displayName, told], ["Connected", "Ada", []]);
  await pass(40_000);
  assert.deepEqual(told, []);
  await end();
});

test("who rang and is not there has left", async () => {
  const { call, told, roster, end } = await accepted();
  await roster();
  await pass(31_000);
  assert.deepEqual([call.remoteParticipants.length, told], [0, ["+0 -1"]]);
  await end();
});
