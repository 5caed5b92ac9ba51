// A room that a page is in, whose server is the test, in simulated time.
import assert from "node:assert/strict";
import { mock } from "node:test";
import { Agent } from "../src/agent";
import { Emitter } from "../src/emitter";
import type { Call } from "../src/types";
import { FakeConnection } from "./fakeconnection";
import { FakeSocket, newest, settle } from "./fakes";

(globalThis as any).WebSocket = FakeSocket;
(globalThis as any).RTCPeerConnection = FakeConnection;

export const ROOM = "99000000000000001";

/** Time is the test's from here on. */
export function begin(): void {
  mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  FakeSocket.all = [];
  FakeConnection.all = [];
}

/** The end of a test. */
export async function finish(agent: Agent): Promise<void> {
  const gone = agent.facade.dispose();
  await pass(6_000);
  await gone;
  mock.timers.reset();
}

/** Time passes. */
export async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 500) {
    mock.timers.tick(Math.min(left, 500));
    await settle(2);
  }
}

export function welcome(session: string, resumed = false): object {
  return { t: "welcome", re: "", session, resumed, graceMs: 120_000, user: "8:acs:ann", iceServers: [] };
}

/** The next socket connects, and the server answers hello. */
export async function greet(session: string): Promise<void> {
  await pass(1);
  newest().open();
  newest().say(welcome(session));
  await settle();
}

/** Answers the last request of a type. */
export async function grant(t: string, answer: object = { t: "ok" }): Promise<void> {
  newest().say({ re: newest().last(t).id, ...answer });
  await settle();
}

/** What the server says of a call that has just been joined. */
export async function admit(call: Call, seq: number, people: object[]): Promise<void> {
  await grant("call.join");
  await grant("media.offer", { t: "media.answer", call: call.id, n: 1, sdp: "v=0" });
  FakeConnection.newest().connect();
  newest().say({ t: "call.state", seq, call: call.id, state: "Connected" });
  newest().say({ t: "call.info", seq: seq + 1, call: call.id, kind: "room", serverCallId: `server${seq}`, participantId: `me${seq}` });
  newest().say({ t: "roster", seq: seq + 2, call: call.id, version: 1, full: true, set: people, removed: [] });
  await settle();
}

/** The devices of every agent: there are none. */
export const devices = { events: new Emitter<{ changed: void }>(), refresh: async () => {} };

/** An agent that is not open. */
export function newAgent(log: (line: string) => void = () => {}): Agent {
  return new Agent({ address: "ws://127.0.0.1:1/client", token: async () => "t", devices: devices as never, userAgent: "test", log, retired: () => {} });
}

/** An agent, connected, in a call of the room, or of a group, with these people. */
export async function inRoom(people: object[], locator: { roomId: string } | { groupId: string } = { roomId: ROOM }, log?: (line: string) => void): Promise<{ agent: Agent; call: Call }> {
  const agent = newAgent(log);
  void agent.open();
  await greet("s1");
  const call = agent.facade.join(locator as { roomId: string });
  await settle();
  await admit(call, 1, people);
  assert.deepEqual([call.state, call.remoteParticipants.length], ["Connected", people.length]);
  return { agent, call };
}
