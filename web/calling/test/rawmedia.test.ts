// Pictures and sound that an application makes of what its camera, screen or microphone gives.
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Outgoing } from "../src/calls/outgoing";
import { Sending } from "../src/calls/sending";
import { Emitter } from "../src/emitter";
import { LocalAudioStream } from "../src/media/localaudiostream";
import { LocalVideoStream, screenStream } from "../src/media/localvideostream";
import type { AudioDeviceInfo } from "../src/types";
import { FakeMediaStream, FakeTrack, settle } from "./fakes";

(globalThis as any).MediaStream = FakeMediaStream;
const opened: FakeTrack[] = [];
Object.defineProperty(globalThis, "navigator", {
  configurable: true,
  value: {
    mediaDevices: {
      getUserMedia: async ({ audio, video }: Record<string, { deviceId: { exact: string } }>) => {
        const name = (audio ?? video).deviceId.exact;
        if (name.startsWith("phone's") && opened.some((one) => one.readyState === "live")) throw new DOMException("one at a time", "NotReadableError");
        opened.push(new FakeTrack(name, audio ? "audio" : "video"));
        return new FakeMediaStream([opened.at(-1)!]);
      },
    },
  },
});
beforeEach(() => {
  opened.splice(0);
  mock.timers.enable({ apis: ["setTimeout"] });
});
afterEach(() => mock.timers.reset());

const camera = (id: string) => ({ id: `camera:${id}`, name: id, deviceType: "UsbCamera" as const });
const microphone: AudioDeviceInfo = { id: "microphone:a", name: "a", isSystemDefault: true, deviceType: "Microphone" };
const made = (name: string, kind = "video") => new FakeMediaStream([new FakeTrack(name, kind)]) as unknown as MediaStream;
/** What is open of what was opened. */
const open = (): string[] => opened.filter(({ readyState }) => readyState === "live").map(({ label }) => label);

/** A picture that is sent, and what is sent of it. */
async function send(kind: "camera" | "screen", stream: LocalVideoStream) {
  const sent: string[] = [];
  const peer = { takes: async () => true, show: async (_: string, { track }: { track: FakeTrack | null }) => void sent.push(track?.label ?? "nothing") };
  const outgoing = new Outgoing(kind, { connected: async () => peer as never, tell: async () => {}, log: () => {} });
  await outgoing.start(stream);
  return { outgoing, sent };
}

test("a camera goes on while the application sends what it makes of its pictures", async () => {
  const stream = new LocalVideoStream(camera("a"));
  const { sent } = await send("camera", stream);
  assert.equal(stream.mediaStreamType, "Video");
  await stream.getMediaStream();
  await stream.setMediaStream(made("grey"));
  await stream.setMediaStream(made("blurred"));
  await settle();
  assert.deepEqual([sent, open(), stream.mediaStreamType], [["a", "grey", "blurred"], ["a"], "RawMedia"]);
  await stream.switchSource(camera("b"));
  await settle();
  assert.deepEqual([sent.at(-1), open(), stream.mediaStreamType], ["b", ["b"], "Video"], "another camera ends it");
  stream.dispose();
  assert.deepEqual(open(), []);
});

test("a camera that the application has not read is closed when other pictures take its place", async () => {
  const stream = new LocalVideoStream(camera("a"));
  const { sent } = await send("camera", stream);
  await stream.setMediaStream(made("drawn"));
  await settle();
  assert.deepEqual([sent.at(-1), open()], ["drawn", []]);
});

test("a camera that was read is closed when its stream is stopped, and opens again to be sent", async () => {
  const stream = new LocalVideoStream(camera("a"));
  const { outgoing } = await send("camera", stream);
  await Promise.all([stream.getMediaStream(), stream.getMediaStream()]);
  await stream.setMediaStream(made("grey"));
  await outgoing.stop();
  mock.timers.tick(1_000);
  await settle();
  assert.deepEqual(open(), []);
  await stream.switchSource(camera("b"));
  assert.deepEqual(open(), [], "nobody wants its pictures");
  const { sent } = await send("camera", stream);
  assert.deepEqual([sent, open()], [["b"], ["b"]]);
});

test("a camera whose pictures are processed opens again with them, in the stream that the application has read", async () => {
  const stream = new LocalVideoStream(camera("a"));
  const { outgoing } = await send("camera", stream);
  const raw = (await stream.getMediaStream()) as unknown as FakeMediaStream;
  await stream.setMediaStream(made("grey"));
  for (const end of [() => outgoing.stop(), () => stream.dispose()]) {
    await end();
    mock.timers.tick(1_000);
    await settle();
    assert.deepEqual(open(), []);
    const { sent, outgoing: again } = await send("camera", stream);
    assert.deepEqual([sent, open(), raw.getVideoTracks().map(({ label, readyState }) => `${label} ${readyState}`)], [["grey"], ["a"], ["a live"]]);
    opened.at(-1)!.end();
    await settle();
    assert.deepEqual([again.on, sent.at(-1)], [false, "nothing"], "a camera that is pulled out ends it");
    await send("camera", stream);
    assert.deepEqual(open(), ["a"]);
  }
});

test("pictures that are drawn open no camera that they are not made of", async () => {
  const stream = new LocalVideoStream(camera("a"));
  const { outgoing } = await send("camera", stream);
  await stream.setMediaStream(made("drawn"));
  await outgoing.stop();
  await send("camera", stream);
  assert.deepEqual(open(), []);
});

test("a camera that does not open again refuses what is made of it", async () => {
  const stream = new LocalVideoStream(camera("phone's front"));
  const { outgoing } = await send("camera", stream);
  await stream.getMediaStream();
  await stream.setMediaStream(made("grey"));
  await outgoing.stop();
  mock.timers.tick(1_000);
  await settle();
  opened.push(new FakeTrack("another program's"));
  await assert.rejects(send("camera", stream), { code: 412, subCode: 43000 });
  opened.pop();
  const { sent } = await send("camera", stream);
  assert.deepEqual([sent, open()], [["grey"], ["phone's front"]]);
});

test("a camera whose pictures are processed is closed when the server ends the sending of them", async () => {
  const stream = new LocalVideoStream(camera("a"));
  const { outgoing, sent } = await send("camera", stream);
  await stream.getMediaStream();
  await stream.setMediaStream(made("grey"));
  outgoing.stopped();
  await settle();
  mock.timers.tick(1_000);
  await settle();
  assert.deepEqual([outgoing.on, sent.at(-1), open()], [false, "nothing", []]);
});

test("a telephone that opens one camera at a time changes it, also where the pictures of the first were processed", async () => {
  const stream = new LocalVideoStream(camera("phone's front"));
  const { sent } = await send("camera", stream);
  await stream.getMediaStream();
  await stream.setMediaStream(made("grey"));
  await stream.switchSource(camera("phone's back"));
  await settle();
  assert.deepEqual([sent.at(-1), open()], ["phone's back", ["phone's back"]]);
});

test("a screen whose pictures are processed ends with the browser's end of it, and is closed with the share", async () => {
  for (const end of ["by the browser", "by the application"]) {
    const screen = new FakeTrack("screen");
    const stream = screenStream(new FakeMediaStream([screen]) as never);
    const { outgoing, sent } = await send("screen", stream);
    await stream.getMediaStream();
    await stream.setMediaStream(made("grey"));
    await settle();
    assert.deepEqual([sent.at(-1), screen.readyState, stream.mediaStreamType], ["grey", "live", "ScreenSharing"]);
    if (end === "by the browser") screen.end();
    else await outgoing.stop();
    await settle();
    assert.deepEqual([end, outgoing.on, sent.at(-1), screen.readyState], [end, false, "nothing", "ended"]);
  }
});

test("a microphone goes on while the application sends what it makes of its sound", async () => {
  const stream = new LocalAudioStream(microphone);
  await stream.getMediaStream();
  await stream.setMediaStream(made("deeper", "audio"));
  await stream.setMediaStream(made("higher", "audio"));
  assert.deepEqual([open(), (await stream.getMediaStream()).getAudioTracks()[0].label], [["a"], "higher"]);
  await stream.switchSource({ ...microphone, id: "microphone:b" });
  assert.deepEqual(open(), ["b"]);
  stream.dispose();
});

test("a microphone that the application has not read is closed when another sound takes its place", async () => {
  const stream = new LocalAudioStream(microphone);
  await stream.getVolume();
  await stream.setMediaStream(made("tone", "audio"));
  assert.deepEqual(open(), []);
  stream.dispose();
});

/** A call that sends what the application makes of its microphone. */
async function sendDeeper() {
  const devices = { microphone, refresh: async () => {} };
  const sent: unknown[] = [];
  const sending = new Sending({ devices: devices as never, send: async (track) => void sent.push(track?.label), events: new Emitter() as never, log: () => {} });
  await sending.begin(undefined);
  const [stream] = sending.local;
  await stream.getMediaStream();
  await stream.setMediaStream(made("deeper", "audio"));
  await settle();
  await sending.use(stream);
  assert.deepEqual([sent.at(-1), open(), sending.local], ["deeper", ["a"], [stream]]);
  return { sending, sent, stream, raw: opened[0] };
}

test("the microphone of a call goes on while what the application makes of it is sent, until the end of the call", async () => {
  const { sending, raw } = await sendDeeper();
  sending.close();
  assert.deepEqual([raw.readyState, open()], ["ended", []]);
});

test("what the application makes of the microphone can be sent again after the microphone itself", async () => {
  const { sending, sent, stream, raw } = await sendDeeper();
  sending.restore();
  await settle();
  assert.deepEqual([sent.at(-1), raw.readyState], ["a", "live"]);
  await sending.use(stream);
  assert.deepEqual([sent.at(-1), raw.readyState], ["deeper", "live"]);
  sending.restore();
  sending.close();
  await settle();
  assert.deepEqual(open(), []);
});

test("a microphone of which the application makes nothing that is sent any more is closed", async () => {
  for (const first of [false, true]) {
    const { sending, raw } = await sendDeeper();
    if (first) sending.restore();
    await sending.use(new LocalAudioStream(made("music", "audio")));
    assert.deepEqual([raw.readyState, open()], ["ended", []]);
    sending.close();
    opened.splice(0);
  }
});
