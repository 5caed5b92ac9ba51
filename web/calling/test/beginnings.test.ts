// What applications begin with wrong arguments: it is refused, and nothing has begun.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { Agent } from "../src/agent";
import { Features } from "../src/features/names";
import type { IncomingCall } from "../src/types";
import { newest, settle } from "./fakes";
import { begin, finish, greet, inRoom, newAgent, ROOM } from "./room";

let agent: Agent;
beforeEach(begin);
afterEach(() => finish(agent));

const bob = { communicationUserId: "8:acs:bob" };
const BAD_CONTEXTS = [{ sipHeaders: [{ value: "x" }] }, { xHeaders: [{ key: "x" }] }, { voipHeaders: [null] }, { voipHeaders: "x" }] as never[];
const BAD_MEDIA = [{ audioOptions: { localAudioStreams: [{}] } }, { videoOptions: { localVideoStreams: [{}] } }] as never[];

test("a call with bad headers, or with streams that are none, is not begun", async () => {
  agent = newAgent();
  void agent.open();
  await greet("s1");
  for (const customContext of BAD_CONTEXTS) assert.throws(() => agent.facade.startCall([bob], { customContext }), { code: 400, message: /customContext/ });
  for (const options of BAD_MEDIA) {
    assert.throws(() => agent.facade.startCall([bob], options), { code: 400, subCode: 41025 });
    assert.throws(() => agent.facade.join({ roomId: ROOM }, options), { code: 400, subCode: 41025 });
  }
  await settle();
  assert.deepEqual([agent.facade.calls.length, newest().sent.map(({ t }) => t)], [0, ["hello"]]);
});

test("a call that is accepted with streams that are none rings on", async () => {
  agent = newAgent();
  void agent.open();
  await greet("s1");
  const rang = new Promise<IncomingCall>((resolve) => agent.facade.on("incomingCall", ({ incomingCall }) => resolve(incomingCall)));
  newest().say({ t: "incoming", seq: 1, incoming: { call: "c1", from: "8:acs:ada" } });
  const incoming = await rang;
  for (const options of BAD_MEDIA) await assert.rejects(incoming.accept(options), { code: 400, subCode: 41025 });
  const accepted = incoming.accept();
  await settle();
  newest().say({ t: "ok", re: newest().last("call.accept").id });
  assert.equal((await accepted).id, "c1");
});

test("nobody is invited, and nothing transferred, with bad headers", async () => {
  const room = await inRoom([]);
  agent = room.agent;
  for (const customContext of BAD_CONTEXTS) {
    assert.throws(() => room.call.addParticipant(bob, { customContext }), { code: 400, message: /customContext/ });
    assert.throws(() => room.call.feature(Features.Transfer).transfer({ targetParticipant: bob }, { customContext }), { code: 400, message: /customContext/ });
  }
  await settle();
  const again = room.call.addParticipant(bob);
  await settle();
  assert.deepEqual([again.state, newest().sent.filter(({ t }) => /^participant|transfer/.test(t)).length], ["Connecting", 1]);
});

test("bounds of pictures that are none are refused, and those before stay", async () => {
  const room = await inRoom([]);
  agent = room.agent;
  for (const send of [{ frameHeight: { max: -1 } }, { frameRate: { ideal: NaN } }, { bitrate: { max: -0.5 } }, { bitrate: { max: "x" } }] as never[]) {
    await assert.rejects(room.call.setConstraints({ video: { send } }), { code: 400, message: /is a number above 0/ });
    assert.throws(() => agent.facade.join({ roomId: ROOM }, { videoOptions: { constraints: { send } } }), { code: 400 });
  }
  await room.call.setConstraints({ video: { send: { frameHeight: { max: 180, ideal: undefined }, frameRate: {}, bitrate: { max: 100_000 } } } });
  await room.call.setConstraints({ video: { send: { frameHeight: { max: 0 }, frameRate: { max: 0 }, bitrate: { max: 0 } } } });
  await room.call.setConstraints({ video: {} });
});

test("what is no list of people is refused with a code", async () => {
  const room = await inRoom([]);
  agent = room.agent;
  const { call } = room;
  const bad = { code: 400 };
  const people = bob as never;
  await assert.rejects(call.feature(Features.RaiseHand).lowerHands(people), bad);
  await assert.rejects(call.feature(Features.RaiseHand).lowerHands(undefined as never), bad);
  await assert.rejects(call.feature(Features.Spotlight).startSpotlight(people), bad);
  await assert.rejects(call.feature(Features.Spotlight).stopSpotlight(people), bad);
  const data = call.feature(Features.DataChannel);
  const sender = data.createDataChannelSender({ channelId: 3 } as never);
  assert.throws(() => sender.setParticipants(people), bad);
  assert.throws(() => data.createDataChannelSender({ channelId: 3, participants: people } as never), bad);
  const sent = sender.sendMessage(new Uint8Array([1])); // the one before goes on
  await settle();
  newest().say({ t: "ok", re: newest().last("data.send").id });
  await sent;
});
