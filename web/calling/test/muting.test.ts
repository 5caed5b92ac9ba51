// Who is muted: by itself, by others, or both.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { Agent } from "../src/agent";
import type { Call } from "../src/types";
import { newest, settle } from "./fakes";
import { admit, begin, finish, grant, greet, inRoom, pass } from "./room";

let agent: Agent;
let call: Call;
let seq = 10;
let told: string[];
beforeEach(async () => {
  begin();
  ({ agent, call } = await inRoom([]));
  told = [];
  call.on("isMutedChanged", () => told.push(`muted ${call.isMuted}`));
  call.on("mutedByOthers", () => told.push("by others"));
});
afterEach(() => finish(agent));

const hear = (message: object): void => newest().say({ seq: ++seq, call: call.id, ...message });
async function granted(work: Promise<unknown>): Promise<void> {
  await settle();
  await grant("media.state");
  await work;
}

test("who has muted itself stays muted when a mute by others is lifted elsewhere", async () => {
  await granted(call.mute());
  hear({ t: "muted", muted: true });
  hear({ t: "muted", muted: false });
  assert.deepEqual([call.isMuted, told], [true, ["muted true"]]);
  await granted(call.unmute());
  assert.deepEqual([call.isMuted, told], [false, ["muted true", "muted false"]]);
});

test("who was muted by others is heard again when that is lifted, and by its own unmute", async () => {
  hear({ t: "muted", muted: true });
  hear({ t: "muted", muted: false });
  hear({ t: "muted", muted: true });
  await granted(call.unmute());
  assert.deepEqual(told, ["muted true", "by others", "muted false", "muted true", "by others", "muted false"]);
});

test("who mutes itself while others have muted it is muted when that is lifted", async () => {
  hear({ t: "muted", muted: true });
  await granted(call.mute());
  hear({ t: "muted", muted: false });
  assert.equal(call.isMuted, true);
});

test("who was muted by others when the server lost the call is so after it", async () => {
  hear({ t: "muted", muted: true });
  newest().drop(4404);
  await pass(500);
  await greet("s2");
  assert.equal(newest().last("call.join").muted, true);
  seq = 10;
  await admit(call, 1, []);
  assert.equal(call.isMuted, true);
});

test("a call that is over is neither muted nor unmuted, each with its code", async () => {
  hear({ t: "call.ended", code: 0, subCode: 0 });
  await assert.rejects(call.mute(), { code: 400, subCode: 41015 });
  await assert.rejects(call.unmute(), { code: 400, subCode: 41016 });
});
