import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { Agent } from "../src/agent";
import { Emitter } from "../src/emitter";
import type { Call, IncomingCall } from "../src/types";
import { FakeSocket, newest, settle } from "./fakes";

(globalThis as any).WebSocket = FakeSocket;

const ROOM = "99000000000000001";
let running: Agent | undefined;
afterEach(async () => {
  const gone = running?.facade.dispose();
  // The server confirms the end of the calls, and nobody waits for sockets that open no more.
  await settle();
  for (const socket of [...FakeSocket.all]) {
    for (const frame of socket.sent) if (frame.t === "call.hangup") socket.say({ t: "call.ended", call: frame.call, code: 0, subCode: 0 });
  }
  await gone;
  for (const socket of FakeSocket.all) socket.drop(1000);
  FakeSocket.all = [];
});

/** An agent that is connected. */
async function connected(token: () => Promise<string> = async () => "token"): Promise<Agent> {
  running = new Agent({ address: "ws://127.0.0.1:1/client", token, devices: { events: new Emitter() } as never, userAgent: "test", log: () => {}, retired: () => {} });
  const opened = running.open();
  await nextSocket(0);
  newest().open();
  newest().say({ t: "welcome", re: "", session: "s1", resumed: false, graceMs: 120_000, user: "8:acs:u", iceServers: [] });
  await opened;
  return running;
}

/** An agent that is connected, with a call that the server has not answered yet. */
async function calling(token: () => Promise<string>): Promise<Call> {
  const call = (await connected(token)).facade.join({ roomId: ROOM });
  await settle();
  assert.equal(newest().last("call.join").room, ROOM);
  assert.equal(call.state, "Connecting");
  return call;
}

async function nextSocket(before: number): Promise<void> {
  for (let end = Date.now() + 90_000; FakeSocket.all.length <= before; ) {
    assert.ok(Date.now() < end, "no further socket was opened");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test("calls end with 495/4507 when the server takes no token any more", async () => {
  const call = await calling(async () => "token");
  newest().drop(4401, "expired");
  await nextSocket(1);
  newest().open();
  newest().drop(4401, "expired");
  assert.equal(call.state, "Disconnected");
  assert.deepEqual([call.callEndReason?.code, call.callEndReason?.subCode], [495, 4507]);
  assert.equal(running?.facade.connectionState, "Disconnected");
});

test("a token that cannot be had for a moment ends no call", async () => {
  let fails = 0;
  const call = await calling(async () => {
    if (fails-- > 0) throw new Error("the application's server is out of reach");
    return "token";
  });
  fails = 1;
  newest().drop();
  await nextSocket(1);
  newest().open();
  assert.equal(newest().last("hello").session, "s1");
  assert.equal(call.state, "Connecting");
});

test("who is invited is a participant while it rings, and says why it does not come", async () => {
  const call = await calling(async () => "token");
  const id = newest().last("call.join").call;
  const said: string[] = [];
  newest().say({ t: "call.info", call: id, kind: "room", serverCallId: "s", participantId: "p" });
  newest().say({ t: "call.state", call: id, state: "Connected" });
  call.on("remoteParticipantsUpdated", ({ added, removed }) => {
    for (const person of added) said.push(`came ${person.state}`);
    for (const person of removed) said.push(`left ${person.state} ${person.callEndReason?.subCode ?? ""}`);
  });
  const phone = call.addParticipant({ phoneNumber: "+15551230001" }, { alternateCallerId: { phoneNumber: "+15550100001" } });
  await settle();
  newest().say({ t: "ok", re: newest().last("participant.add").id });
  assert.deepEqual([phone.state, call.remoteParticipants.length], ["Connecting", 0]);
  const shown = { id: "4:+15551230001", muted: false, endpoints: [], streams: [] };
  newest().say({ t: "roster", call: id, version: 1, full: true, set: [{ ...shown, state: "Connecting" }], removed: [] });
  assert.ok(call.remoteParticipants[0] === phone, "the roster has another object");
  newest().say({ t: "roster", call: id, version: 2, full: false, set: [{ ...shown, state: "Ringing" }], removed: [] });
  newest().say({ t: "invitation", call: id, who: shown.id, state: "Ringing" });
  assert.equal(phone.state, "Ringing");
  newest().say({ t: "invitation", call: id, who: shown.id, state: "Failed", code: 486, subCode: 560486 });
  newest().say({ t: "roster", call: id, version: 3, full: false, set: [], removed: [shown.id] });
  assert.deepEqual(said, ["came Connecting", "left Disconnected 560486"]);
  const again = call.addParticipant({ phoneNumber: "+15551230001" }, { alternateCallerId: { phoneNumber: "+15550100001" } });
  assert.ok(again !== phone, "who is invited again is the one who did not come");
});

/** An agent that a call rings at, and the codes with which the ringing ends. */
async function rings(): Promise<{ incoming: IncomingCall; ends: number[] }> {
  const agent = await connected();
  const arrived = new Promise<IncomingCall>((resolve) => agent.facade.on("incomingCall", ({ incomingCall }) => resolve(incomingCall)));
  newest().say({ t: "incoming", seq: 1, incoming: { call: "c1", from: "8:acs:caller" } });
  const incoming = await arrived;
  const ends: number[] = [];
  incoming.on("callEnded", ({ callEndReason }) => ends.push(callEndReason.code));
  return { incoming, ends };
}

test("what rings is over once it is rejected", async () => {
  const { incoming, ends } = await rings();
  const rejected = incoming.reject();
  await settle();
  newest().say({ t: "ok", re: newest().last("call.reject").id });
  await rejected;
  assert.deepEqual(ends, [603]);
  assert.equal(incoming.callEndReason?.code, 603);
});

test("what rings and is accepted is over with its call", async () => {
  const { incoming, ends } = await rings();
  incoming.accept().catch(() => {});
  await settle();
  assert.deepEqual(ends, []);
  newest().say({ t: "call.ended", seq: 2, call: "c1", code: 410, subCode: 3101 });
  assert.deepEqual(ends, [410]);
});

test("a call that connects or is resumed holds the others", async () => {
  const agent = (await connected()).facade;
  const socket = newest();
  const holds = (): string[] => socket.sent.filter((frame) => frame.t === "call.hold").map((frame) => frame.call);
  const join = async (): Promise<[Call, string]> => {
    const call = agent.join({ roomId: ROOM });
    await settle();
    const id = socket.last("call.join").call;
    socket.say({ t: "call.info", call: id, kind: "room", serverCallId: "s", participantId: "p" });
    socket.say({ t: "call.state", call: id, state: "Connected" });
    await settle();
    return [call, id];
  };
  const [first, one] = await join();
  assert.deepEqual(holds(), []);
  const [second, two] = await join();
  assert.deepEqual(holds(), [one]);
  socket.say({ t: "call.state", call: one, state: "LocalHold" });
  socket.say({ t: "call.state", call: one, state: "Connected" });
  await settle();
  assert.deepEqual(holds(), [one, two]);
  socket.say({ t: "call.state", call: two, state: "LocalHold" });
  assert.deepEqual([first.state, second.state], ["Connected", "LocalHold"]);
});

test("the server does not hear of a call that is given up at once", async () => {
  const { facade } = await connected();
  for (const begin of [() => facade.startCall([{ communicationUserId: "8:acs:bob" }]), () => facade.join({ roomId: ROOM })]) {
    const call = begin();
    await call.hangUp();
    await settle();
    assert.deepEqual([call.state, call.callEndReason?.code, facade.calls.length], ["Disconnected", 0, 0]);
  }
  assert.deepEqual(newest().sent.map(({ t }) => t).filter((t) => t.startsWith("call.")), []);
});
