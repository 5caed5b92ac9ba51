// A room in which a test of a call's features is with Bob.
import assert from "node:assert/strict";
import { afterEach, beforeEach } from "node:test";
import type { Agent } from "../src/agent";
import type { Call } from "../src/types";
import { newest, settle } from "./fakes";
import { begin, finish, inRoom } from "./room";

export const BOB = { id: "8:acs:bob", displayName: "Bob", state: "Connected", muted: false, endpoints: ["b"], streams: [] };
export const bob = { communicationUserId: BOB.id };

/** What each test of a file has anew. */
export let agent: Agent;
export let call: Call;
let seq = 10;

/** Has each test of a file begin in the room. */
export function besideBob(): void {
  beforeEach(async () => {
    begin();
    ({ agent, call } = await inRoom([BOB]));
  });
  afterEach(() => finish(agent));
}

/** The server says something about the call. */
export function hear(message: object): void {
  newest().say({ seq: ++seq, call: call.id, ...message });
}

/** Carries a request out: the server's answer is ok. It gives what was sent. */
export async function asked(work: Promise<unknown>, t: string): Promise<Record<string, unknown>> {
  await settle();
  const { id, ack: _, call: of, ...members } = newest().last(t);
  assert.equal(of, call.id);
  newest().say({ t: "ok", re: id });
  await work;
  return members;
}
