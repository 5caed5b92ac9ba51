// What applications ask for twice, or of a call that ends meanwhile.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { Agent } from "../src/agent";
import type { Call } from "../src/types";
import { newest, settle } from "./fakes";
import { begin, finish, grant, inRoom } from "./room";

let agent: Agent;
let call: Call;
let seq = 10;
beforeEach(async () => {
  begin();
  ({ agent, call } = await inRoom([]));
});
afterEach(() => finish(agent));

/** The server says something of the call. */
const hear = (message: object): void => newest().say({ seq: ++seq, call: call.id, ...message });
const outcome = (work: Promise<unknown>): Promise<unknown> => work.then(() => "done", (error) => error.subCode);
const sent = (): string[] => newest().sent.map(({ t }) => t).filter((t) => t === "call.hold" || t === "call.resume");

test("a resume that is asked for while a hold is on its way follows it", async () => {
  const held = outcome(call.hold());
  const resumed = outcome(call.resume());
  await settle();
  assert.deepEqual(sent(), ["call.hold"]);
  await grant("call.hold");
  hear({ t: "call.state", state: "LocalHold" });
  await settle();
  assert.deepEqual([await held, sent()], ["done", ["call.hold", "call.resume"]]);
  await grant("call.resume");
  hear({ t: "call.state", state: "Connected" });
  assert.deepEqual([await resumed, call.state], ["done", "Connected"]);
});

test("a hold that is asked for twice is asked of the server once", async () => {
  const held = [call.hold(), call.hold()];
  await settle();
  await grant("call.hold");
  hear({ t: "call.state", state: "LocalHold" });
  await Promise.all(held);
  assert.deepEqual(sent(), ["call.hold"]);
});

test("a hold whose call ends is rejected", async () => {
  const held = outcome(call.hold());
  const resumed = outcome(call.resume());
  await settle();
  await grant("call.hold");
  hear({ t: "call.ended", code: 0, subCode: 0 });
  assert.deepEqual([await held, await resumed], [41033, 41034]);
});

test("who is muted after an unmute that is on its way is not heard for a moment", async () => {
  const muted = call.mute();
  await settle();
  await grant("media.state");
  await muted;
  const changes: boolean[] = [];
  call.on("isMutedChanged", () => changes.push(call.isMuted));
  const both = [call.unmute(), call.mute()];
  await settle();
  for (const { id } of newest().sent.filter(({ t }) => t === "media.state").slice(-2)) newest().say({ t: "ok", re: id });
  await Promise.all(both);
  assert.deepEqual([call.isMuted, changes], [true, []]);
});

test("a call whose other holds it is connected again when it becomes a group", () => {
  const bob = { id: "8:acs:bob", state: "Hold", muted: false, endpoints: ["b"], streams: [] };
  const info = { t: "call.info", serverCallId: "s", participantId: "p" };
  const states: string[] = [];
  call.on("stateChanged", () => states.push(call.state));
  hear({ ...info, kind: "twoParty" });
  hear({ t: "roster", version: 2, full: false, set: [bob], removed: [] });
  hear({ ...info, kind: "group" });
  assert.deepEqual(states, ["RemoteHold", "Connected"]);
  hear({ t: "roster", version: 3, full: false, set: [{ ...bob, muted: true }], removed: [] });
  assert.equal(call.state, "Connected");
});

test("who hangs up twice waits for the end both times, and after it for nothing", async () => {
  const ends = [call.hangUp(), call.hangUp()].map((gone) => gone.then(() => call.state));
  await settle();
  assert.equal(newest().sent.filter(({ t }) => t === "call.hangup").length, 1);
  hear({ t: "call.ended", code: 0, subCode: 0 });
  assert.deepEqual(await Promise.all(ends), ["Disconnected", "Disconnected"]);
  await call.hangUp();
});

test("whatever is asked for when the call ends is answered", async () => {
  const asked = [call.hold(), call.mute(), call.unmute(), call.sendDtmf("Num1"), call.muteAllRemoteParticipants(), call.hangUp(), call.removeParticipant({ communicationUserId: "8:acs:bob" })].map(outcome);
  await settle();
  newest().drop(4403, "no"); // the session is over, too
  assert.deepEqual([call.state, (await Promise.all(asked)).length], ["Disconnected", 7]);
});

test("a listener that is added twice is called once, one that is taken away no more", async () => {
  const heard: string[] = [];
  const one = (): number => heard.push("one");
  const two = (): number => heard.push("two");
  call.on("isMutedChanged", one);
  call.on("isMutedChanged", one);
  call.on("isMutedChanged", two);
  hear({ t: "muted", muted: true });
  call.off("isMutedChanged", one);
  call.off("isMutedChanged", one);
  hear({ t: "muted", muted: false });
  assert.deepEqual(heard, ["one", "two", "two"]);
});

test("who hangs up as soon as the call is connected holds no other call for it", async () => {
  const other = agent.facade.join({ roomId: "99000000000000002" });
  other.on("stateChanged", () => other.state === "Connected" && void other.hangUp());
  await settle();
  await grant("call.join");
  newest().say({ t: "call.state", seq: ++seq, call: other.id, state: "Connected" });
  await settle();
  assert.deepEqual([sent(), other.state], [[], "Disconnecting"]);
});
