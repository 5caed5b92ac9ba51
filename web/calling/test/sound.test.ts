// The sound that an application sends, in simulated time.
import assert from "node:assert/strict";
import { test } from "node:test";
import { LocalAudioStream } from "../src/media/localaudiostream";
import { FakeMediaStream, FakeTrack, settle } from "./fakes";
import { begin, finish, inRoom } from "./room";

(globalThis as any).MediaStream = FakeMediaStream;
const microphone = { id: "microphone:a", name: "a", isSystemDefault: true, deviceType: "Microphone" as const };
let opened: FakeTrack[] = [];
Object.defineProperty(globalThis, "navigator", {
  configurable: true,
  value: { mediaDevices: { getUserMedia: async () => (opened.push(new FakeTrack("microphone", "audio")), new FakeMediaStream([opened.at(-1)!])) } },
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
