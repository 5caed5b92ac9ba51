// The sound that an application sends, in simulated time.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Agent } from "../src/agent";
import { LocalAudioStream } from "../src/media/localaudiostream";
import { LocalVideoStream } from "../src/media/localvideostream";
import type { Call } from "../src/types";
import { FakeConnection } from "./fakeconnection";
import { FakeMediaStream, FakeTrack, newest, settle } from "./fakes";
import { admit, begin, finish, grant, greet, inRoom, newAgent, pass, ROOM } from "./room";

(globalThis as any).MediaStream = FakeMediaStream;
const microphone = { id: "microphone:a", name: "a", isSystemDefault: true, deviceType: "Microphone" as const };
let opened: FakeTrack[] = [];
/** The user's answer to the browser's question. */
let answered: Promise<void> | undefined;
Object.defineProperty(globalThis, "navigator", {
  configurable: true,
  value: {
    mediaDevices: {
      getUserMedia: async ({ video }: MediaStreamConstraints) => (video ? new FakeMediaStream([new FakeTrack("camera")]) : (await answered, opened.push(new FakeTrack("microphone", "audio")), new FakeMediaStream([opened.at(-1)!]))),
    },
  },
});

/** The elements that play, as the page has them. */
const playing: { srcObject?: FakeMediaStream }[] = [];
(globalThis as any).document = {
  createElement: () => (playing.push({ style: {}, play: async () => {}, pause: () => {}, remove: () => {} } as object), playing.at(-1)),
  addEventListener: () => {},
  removeEventListener: () => {},
};

test("what is heard is one stream for the life of the call, with the track of the last connection", async () => {
  begin();
  const { agent, call } = await inRoom([]);
  const told: string[] = [];
  call.on("remoteAudioStreamsUpdated", ({ added, removed }) => told.push(`+${added.length} -${removed.length}`));
  const [first, second] = [new FakeTrack("first", "audio"), new FakeTrack("second", "audio")];
  FakeConnection.newest().hear(first);
  const [remote] = call.remoteAudioStreams;
  const stream = await remote.getMediaStream();
  assert.deepEqual(stream.getAudioTracks(), [first]);
  FakeConnection.newest().hear(second);
  assert.equal(await remote.getMediaStream(), stream);
  assert.deepEqual(stream.getAudioTracks(), [second]);
  assert.equal(playing.at(-1)?.srcObject, stream);
  assert.deepEqual([told, call.remoteAudioStreams[0] === remote], [["+1 -0"], true]);
  await finish(agent);
});

test("a page that listens for the sound of others when the call is connected is told of it, once", async () => {
  begin();
  const agent = newAgent();
  void agent.open();
  await greet("s1");
  const call = agent.facade.join({ roomId: ROOM });
  const told: number[] = [];
  call.on("stateChanged", () => {
    if (call.state === "Connected") call.on("remoteAudioStreamsUpdated", heard);
  });
  const heard = ({ added }: { added: unknown[] }): void => void told.push(added.length, call.remoteAudioStreams.length);
  await settle();
  await grant("call.join");
  FakeConnection.newest().hear(new FakeTrack("sound", "audio")); // the browser has read the answer before
  await admit(call, 1, []);
  ["LocalHold", "Connected"].forEach((state, i) => newest().say({ t: "call.state", seq: 4 + i, call: call.id, state }));
  assert.deepEqual([call.state, told], ["Connected", [1, 1]]);
  await finish(agent);
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

test("a call with a camera and its sound says nothing of errors, whoever ends it, and also while it connects", async () => {
  for (const end of ["here", "there", "here at once", "there at once"]) {
    begin();
    const lines: string[] = [];
    let agent: Agent, call: Call;
    if (end.endsWith("at once")) {
      agent = newAgent((line) => lines.push(line));
      void agent.open();
      await greet("s1");
      call = agent.facade.join({ roomId: ROOM });
      await settle();
      await grant("call.join");
    } else {
      ({ agent, call } = await inRoom([], undefined, (line) => lines.push(line)));
      const started = call.startVideo(new LocalVideoStream({ id: "camera:a", name: "a", deviceType: "UsbCamera" }));
      await settle();
      await grant("media.state");
      await started;
    }
    if (end.startsWith("there")) newest().say({ t: "call.ended", seq: 9, call: call.id, code: 0, subCode: 0 });
    else void call.hangUp();
    await pass(6_000);
    assert.equal(call.state, "Disconnected");
    await finish(agent);
    assert.deepEqual(lines, []);
  }
});

test("a camera is sent although the browser reads the answer after the server has said that the call is connected", async () => {
  for (const end of ["read", "hung up"]) {
    begin();
    const agent = newAgent();
    void agent.open();
    await greet("s1");
    let read!: () => void;
    FakeConnection.reading = new Promise((resolve) => (read = resolve));
    const call = agent.facade.join({ roomId: ROOM }, { videoOptions: { localVideoStreams: [new LocalVideoStream({ id: "camera:a", name: "a", deviceType: "UsbCamera" })] } });
    await settle();
    await admit(call, 1, []);
    const told = (): boolean => newest().sent.some(({ t }) => t === "media.state");
    assert.deepEqual([call.state, told(), call.isLocalVideoStarted], ["Connected", false, false]);
    if (end === "read") {
      read();
      await settle();
      await grant("media.state");
      assert.ok(call.isLocalVideoStarted);
    }
    await finish(agent);
    read();
    await settle();
    assert.equal(call.isLocalVideoStarted, false);
    FakeConnection.reading = Promise.resolve();
  }
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
