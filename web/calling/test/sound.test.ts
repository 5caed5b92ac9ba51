// The sound that an application sends, in simulated time.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Agent } from "../src/agent";
import { LocalAudioStream } from "../src/media/localaudiostream";
import type { Call } from "../src/types";
import { FakeConnection } from "./fakeconnection";
import { FakeMediaStream, FakeTrack, newest, settle } from "./fakes";
import { admit, begin, finish, greet, inRoom, newAgent, pass, ROOM } from "./room";

(globalThis as any).MediaStream = FakeMediaStream;
const microphone = { id: "microphone:a", name: "a", isSystemDefault: true, deviceType: "Microphone" as const };
let opened: FakeTrack[] = [];
/** The user's answer to the browser's question. */
let answered: Promise<void> | undefined;
Object.defineProperty(globalThis, "navigator", {
  configurable: true,
  value: { mediaDevices: { getUserMedia: async () => (await answered, opened.push(new FakeTrack("microphone", "audio")), new FakeMediaStream([opened.at(-1)!])) } },
});

test("a stream is disposed of with its call, unless the application keeps it", async () => {
  for (const autoDisposeOnCallEnd of [undefined, true, false]) {
    begin();
    const { agent, call } = await inRoom([]);
    const stream = new LocalAudioStream(microphone, { autoDisposeOnCallEnd });
    await call.startAudio(stream);
    const [track] = (await stream.getMediaStream()).getTracks();
    await finish(agent);
    assert.equal(track.readyState, autoDisposeOnCallEnd === false ? "live" : "ended");
    stream.dispose();
  }
});

test("a microphone is opened to be measured, but not again after dispose", async () => {
  opened = [];
  const stream = new LocalAudioStream(microphone);
  const volume = await stream.getVolume();
  assert.equal(opened.length, 1);
  assert.equal(await stream.getVolume(), volume);
  stream.dispose();
  assert.equal(opened[0].readyState, "ended");
  const after = await stream.getVolume();
  await settle();
  assert.equal(opened.length, 1);
  assert.equal(after.level, 0);
  stream.dispose();
});

test("what is no source is refused", async () => {
  const stream = new LocalAudioStream(microphone);
  await assert.rejects(stream.switchSource(undefined as never), { code: 400, subCode: 43004 });
  await assert.rejects(stream.switchSource(microphone), { code: 400, subCode: 43005 });
  await assert.rejects(stream.setMediaStream({} as never), { code: 400, subCode: 43004 });
  assert.equal(stream.source, microphone);
});

/** A call in which the user is asked for the microphone, and does not answer. */
async function asked(): Promise<{ agent: Agent; call: Call; answer(): Promise<void> }> {
  begin();
  opened = [];
  let answer!: () => void;
  answered = new Promise((resolve) => (answer = resolve));
  const agent = newAgent();
  void agent.open();
  await greet("s1");
  const call = agent.facade.join({ roomId: ROOM });
  await pass(2_500);
  newest().say({ t: "ok", re: newest().last("call.join").id });
  await settle();
  assert.ok(!newest().sent.some(({ t }) => t === "media.offer"), "users who answer at once are heard from the beginning");
  await pass(3_500);
  await admit(call, 1, []);
  assert.equal(call.state, "Connected");
  return { agent, call, answer: async () => (answer(), (answered = undefined), await settle()) };
}

test("a call connects while the user is asked for the microphone, and sends it once it is permitted", async () => {
  const { agent, call, answer } = await asked();
  assert.equal(call.localAudioStreams.length, 0);
  await answer();
  assert.equal(FakeConnection.newest().sound, opened[0]);
  await finish(agent);
  assert.equal(opened[0].readyState, "ended");
});

test("a microphone that is permitted too late is closed", async () => {
  const { agent, answer } = await asked();
  await finish(agent);
  await answer();
  assert.equal(opened[0].readyState, "ended");
});

test("a microphone that is permitted after another sound was chosen is closed", async () => {
  const { agent, call, answer } = await asked();
  const track = new FakeTrack("own", "audio");
  await call.startAudio(new LocalAudioStream(new FakeMediaStream([track]) as never));
  await answer();
  assert.equal(FakeConnection.newest().sound, track);
  assert.equal(opened[0].readyState, "ended");
  await finish(agent);
});
