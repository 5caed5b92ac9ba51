// Devices that take their time to open, while something else is asked for.
import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Outgoing } from "../src/calls/outgoing";
import { Sending } from "../src/calls/sending";
import { Emitter } from "../src/emitter";
import { LocalAudioStream } from "../src/media/localaudiostream";
import { LocalVideoStream } from "../src/media/localvideostream";
import type { AudioDeviceInfo } from "../src/types";
import { FakeMediaStream, FakeTrack, settle } from "./fakes";

(globalThis as any).MediaStream = FakeMediaStream;

/** The devices that are being opened, in the order in which they were asked for. */
let opening: { id: string; open(): Promise<FakeTrack>; refuse(): Promise<void> }[] = [];
Object.defineProperty(globalThis, "navigator", {
  configurable: true,
  value: {
    mediaDevices: {
      getUserMedia: ({ audio, video }: { audio?: Wanted; video?: Wanted }) =>
        new Promise((resolve, reject) => {
          const id = (audio ?? video)!.deviceId.exact;
          const track = new FakeTrack(id, audio ? "audio" : "video");
          opening.push({ id, open: async () => (resolve(new FakeMediaStream([track])), await settle(), track), refuse: async () => (reject(new DOMException("in use", "NotReadableError")), settle()) });
        }),
    },
  },
});
interface Wanted {
  deviceId: { exact: string };
}

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  opening = [];
});
afterEach(() => mock.timers.reset());

const camera = (id: string) => ({ id: `camera:${id}`, name: id, deviceType: "UsbCamera" as const });
const microphone = (id: string): AudioDeviceInfo => ({ id: `microphone:${id}`, name: id, isSystemDefault: false, deviceType: "Microphone" });

/** Opens the device that was asked for as the n-th. */
async function open(n: number): Promise<FakeTrack> {
  await settle();
  assert.ok(opening[n], `${opening.length} devices are being opened`);
  return opening[n].open();
}

/** The code of a rejection. */
const subCode = (work: Promise<unknown>): Promise<unknown> => work.then(() => "done", (error) => error.subCode);

test("a camera that is stopped while its sizes are set is off", async () => {
  let set!: () => void;
  const peer = { takes: async () => true, show: (_: string, { track }: { track: unknown }) => (track ? new Promise<void>((resolve) => (set = resolve)) : Promise.resolve()) };
  const outgoing = new Outgoing("camera", { connected: async () => peer as never, tell: async () => {}, log: () => {} });
  const turned: boolean[] = [];
  outgoing.events.on("on", () => turned.push(outgoing.on));
  const started = subCode(outgoing.start(new LocalVideoStream(camera("a"))));
  const track = await open(0);
  await outgoing.stop();
  set();
  assert.equal(await started, 41048);
  assert.deepEqual([outgoing.on, turned], [false, []]);
  mock.timers.tick(2_000);
  assert.equal(track.readyState, "ended");
});

test("another camera that opens while the first begins to be sent is sent, and nothing once the call is held meanwhile", async () => {
  const sets: (() => void)[] = [];
  const shown: string[] = [];
  const peer = { takes: async () => true, show: (_: string, { track }: { track: FakeTrack | null }) => (shown.push(track?.label ?? "nothing"), new Promise<void>((resolve) => sets.push(resolve))) };
  const outgoing = new Outgoing("camera", { connected: async () => peer as never, tell: async () => {}, log: () => {} });
  const stream = new LocalVideoStream(camera("a"));
  const started = outgoing.start(stream);
  await open(0);
  await settle();
  const changed = stream.switchSource(camera("b"));
  await open(1);
  await changed;
  sets[0]();
  await started;
  await settle();
  assert.deepEqual(shown, ["a", "b"]);
  void outgoing.stop();
  const again = outgoing.start(stream);
  await settle();
  outgoing.hold(true);
  sets.at(-1)!();
  await again;
  await settle();
  assert.deepEqual(shown.slice(2), ["nothing", "b", "nothing"]);
});

test("of two changes of a camera at once the last holds, and one camera is open", async () => {
  const stream = new LocalVideoStream(camera("a"));
  const shown = stream.getMediaStream();
  const tracks = [await open(0)];
  await shown;
  const changes = [stream.switchSource(camera("b")), stream.switchSource(camera("c"))];
  tracks.push(await open(1));
  tracks.push(await open(2));
  await Promise.all(changes);
  assert.deepEqual(tracks.map(({ label, readyState }) => `${label} ${readyState}`), ["a ended", "b ended", "c live"]);
  assert.deepEqual([stream.source.id, (await stream.getMediaStream()).getVideoTracks()[0]], ["camera:c", tracks[2] as never]);
});

test("a camera that opens after its stream was disposed of is closed again", async () => {
  const stream = new LocalVideoStream(camera("a"));
  const shown = stream.getMediaStream();
  const first = await open(0);
  await shown;
  const changed = stream.switchSource(camera("b"));
  await settle();
  stream.dispose();
  const second = await open(1);
  await changed;
  assert.deepEqual([first.readyState, second.readyState], ["ended", "ended"]);
});

test("a microphone that opens after its stream was disposed of is closed again", async () => {
  const stream = new LocalAudioStream(microphone("a"));
  const waits = subCode(stream.getMediaStream());
  stream.dispose();
  const track = await open(0);
  assert.deepEqual([await waits, track.readyState], [43200, "ended"]);
});

test("who waits for a stream gets the microphone that was chosen last", async () => {
  const stream = new LocalAudioStream(microphone("a"));
  const waits = stream.getMediaStream();
  await stream.switchSource(microphone("b"));
  const first = await open(0);
  const second = await open(1);
  assert.deepEqual([(await waits).getAudioTracks(), first.readyState], [[second], "ended"]);
  assert.equal(await stream.getMediaStream(), await waits);
});

/** What a call sends of sound; `choose` is what the device manager does. */
function call() {
  const devices = { microphone: undefined as AudioDeviceInfo | undefined, refresh: async () => {}, stay: (id: string) => void (devices.microphone = { ...microphone(""), id }) };
  const heard: unknown[] = [];
  const lines: string[] = [];
  const sending = new Sending({ devices: devices as never, send: async (track) => void heard.push(track), events: new Emitter() as never, log: (line) => lines.push(line) });
  const choose = (id: string): Promise<void> => ((devices.microphone = microphone(id)), sending.devicesChanged());
  return { devices, sending, heard, lines, choose };
}

test("of microphones that are chosen one after the other the last is sent, though it opened first", async () => {
  const { devices, sending, heard, choose } = call();
  devices.microphone = microphone("a");
  const begun = sending.begin(undefined);
  const first = await open(0);
  assert.equal(await begun, first);
  void choose("b");
  void choose("c");
  const last = await open(2);
  assert.equal(heard.at(-1), last);
  const late = await open(1);
  assert.deepEqual([heard.at(-1), first.readyState, late.readyState, last.readyState], [last, "ended", "ended", "live"]);
  assert.equal(sending.local[0].source.id, "microphone:c");
  sending.close();
  assert.equal(last.readyState, "ended");
});

test("a microphone that is chosen and cannot be opened leaves the one before, also as the choice", async () => {
  const { devices, sending, heard, choose } = call();
  devices.microphone = microphone("a");
  const begun = sending.begin(undefined);
  const first = await open(0);
  await begun;
  const chosen = choose("b");
  await settle();
  await opening[1].refuse();
  await chosen;
  assert.deepEqual([heard.at(-1), first.readyState, devices.microphone.id, sending.local[0].source.id], [first, "live", "microphone:a", "microphone:a"]);
  sending.close();
  assert.equal(first.readyState, "ended");
});

test("a stream whose other microphone cannot be opened keeps the one before, and says so", async () => {
  const stream = new LocalAudioStream(microphone("a"));
  const shown = stream.getMediaStream();
  const first = await open(0);
  const changed = subCode(stream.switchSource(microphone("b")));
  await settle();
  await opening[1].refuse();
  assert.deepEqual([await changed, stream.source.id, (await shown).getTracks(), first.readyState], [43013, "microphone:a", [first], "live"]);
  const changes = [stream.switchSource(microphone("c")), stream.switchSource(microphone("d"))];
  const late = await open(3);
  const early = await open(2);
  await Promise.all(changes);
  assert.deepEqual([stream.source.id, (await stream.getMediaStream()).getTracks(), first.readyState, early.readyState], ["microphone:d", [late], "ended", "ended"]);
  await assert.rejects(stream.setMediaStream(new FakeMediaStream([new FakeTrack("picture")]) as never), { code: 400, subCode: 43004 });
  await assert.rejects(new LocalVideoStream(camera("a")).setMediaStream(new FakeMediaStream([late]) as never), { code: 400, subCode: 43004 });
  stream.dispose();
  assert.equal(late.readyState, "ended");
});

for (const given of [true, false]) {
  test(`a call that ends while ${given ? "the application's" : "its"} microphone opens closes it, and says nothing`, async () => {
    const { devices, sending, heard, lines } = call();
    devices.microphone = microphone("a");
    const begun = sending.begin(given ? new LocalAudioStream(microphone("a")) : undefined);
    await settle();
    sending.close();
    const track = await open(0);
    assert.equal(await begun, null);
    assert.deepEqual([track.readyState, heard, lines], ["ended", [], []]);
  });
}

test("a sound that is stopped while its microphone opens is not sent", async () => {
  const { devices, sending, heard } = call();
  devices.microphone = microphone("a");
  void sending.begin(undefined);
  await settle();
  sending.stop();
  const track = await open(0);
  assert.deepEqual([track.readyState, heard.filter(Boolean), sending.local.length], ["ended", [], 0]);
});
