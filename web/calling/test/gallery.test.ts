import assert from "node:assert/strict";
import { test } from "node:test";
import { Gallery } from "../src/calls/gallery";
import { Participant } from "../src/calls/participant";
import { FakeMediaStream, FakeTrack } from "./fakes";

(globalThis as any).MediaStream = FakeMediaStream;

function make() {
  const wants: object[][] = [];
  const stats: object[] = [];
  const gallery = new Gallery({
    peer: () => ({ stats: async () => new Map(stats.map((entry, i) => [String(i), entry])) }) as never,
    want: async (streams) => void wants.push(streams),
    log: () => {},
  });
  const person = new Participant("8:acs:a", "Idle", { mute: async () => {}, stream: (info) => gallery.stream(info), drop: (stream) => gallery.drop(stream) });
  const says = (...streams: object[]): void => person.take({ id: "8:acs:a", state: "Connected", muted: false, endpoints: [], streams } as never);
  return { gallery, wants, stats, person, says };
}

test("views that open and change in a moment are told once, the largest of each stream", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const { gallery, wants } = make();
  const one = gallery.stream({ id: 7, kind: "camera" });
  const [small, large] = [one.show(), one.show()];
  small.resize({ width: 160, height: 96 });
  large.resize({ width: 640, height: 368 });
  t.mock.timers.tick(1000);
  assert.deepEqual(wants, [], "the call is not connected");
  gallery.established = true;
  t.mock.timers.tick(1000);
  assert.deepEqual(wants, [[{ id: 7, width: 640, height: 368 }]]);
  large.end();
  t.mock.timers.tick(1000);
  assert.deepEqual(wants.at(-1), [{ id: 7, width: 160, height: 96 }]);
  gallery.hold(true);
  t.mock.timers.tick(1000);
  assert.deepEqual(wants.at(-1), [{ id: 7, width: 0, height: 0 }]);
  gallery.hold(false);
  small.end();
  t.mock.timers.tick(1000);
  assert.deepEqual(wants.at(-1), []);
  assert.equal(wants.length, 4);
  gallery.close();
});

test("a stream plays what comes in its place, and a place that changes hands is in one stream alone", () => {
  const { gallery } = make();
  const [first, second] = [gallery.stream({ id: 1, kind: "camera" }), gallery.stream({ id: 2, kind: "camera" })];
  const changes: number[] = [];
  for (const one of [first, second]) one.changes.on("pictures", () => changes.push(one.id));
  const track = new FakeTrack() as never;
  gallery.slot("3", track);
  gallery.take([{ mid: "3", stream: 1 }]);
  assert.deepEqual(first.stream().getVideoTracks(), [track]);
  gallery.take([{ mid: "3", stream: 2 }]);
  assert.deepEqual(first.stream().getVideoTracks(), []);
  assert.deepEqual(second.stream().getVideoTracks(), [track]);
  assert.deepEqual(changes, [1, 2]);
  const renewed = new FakeTrack() as never;
  gallery.slot("3", renewed);
  assert.deepEqual(second.stream().getVideoTracks(), [renewed], "after a new connection");
  gallery.close();
});

test("a stream is received while its pictures come, and says how large they are", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const { gallery, stats } = make();
  const stream = gallery.stream({ id: 1, kind: "camera" });
  const told: string[] = [];
  for (const event of ["isReceivingChanged", "sizeChanged"] as const) stream.facade.on(event, () => told.push(`${event} ${stream.facade.isReceiving}`));
  const entry = { type: "inbound-rtp", kind: "video", mid: "3", framesDecoded: 0, frameWidth: 640, frameHeight: 360 };
  stats.push(entry);
  const look = async (): Promise<void> => {
    t.mock.timers.tick(1000);
    for (let i = 0; i < 3; i++) await Promise.resolve();
  };
  gallery.take([{ mid: "3", stream: 1 }]);
  await look();
  assert.equal(stream.facade.isReceiving, false);
  entry.framesDecoded = 20;
  await look();
  assert.deepEqual(stream.facade.size, { width: 640, height: 360 });
  assert.deepEqual(told, ["sizeChanged false", "isReceivingChanged true"]);
  await look();
  assert.equal(stream.facade.isReceiving, true, "one look without a picture is no freeze");
  await look();
  assert.equal(stream.facade.isReceiving, false);
  entry.framesDecoded = 40;
  await look();
  assert.equal(stream.facade.isReceiving, true);
  gallery.take([{ mid: "3", stream: 1, paused: "bandwidth" }]);
  assert.equal(stream.facade.isReceiving, false, "the server says so at once");
  gallery.close();
});

test("a browser that names no lines, nor sizes, in its counters tells of pictures by their tracks", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const { gallery, stats } = make();
  const [stream, other] = [gallery.stream({ id: 1, kind: "camera" }), gallery.stream({ id: 2, kind: "camera" })];
  const entries = [3, 4].map((mid) => {
    const track = new FakeTrack();
    gallery.slot(String(mid), track as never);
    return { type: "inbound-rtp", kind: "video", trackIdentifier: track.id, framesDecoded: 0 };
  });
  stats.push(...entries);
  const look = async (frames: number): Promise<boolean[]> => {
    entries[0].framesDecoded = frames;
    t.mock.timers.tick(1000);
    for (let i = 0; i < 3; i++) await Promise.resolve();
    return [stream, other].map(({ facade }) => facade.isReceiving);
  };
  gallery.take([{ mid: "3", stream: 1 }, { mid: "4", stream: 2 }]);
  assert.deepEqual([await look(1), await look(20), await look(20), await look(20)], [[false, false], [true, false], [true, false], [false, false]]);
  gallery.close();
});

test("a camera that is off may come back; a screen is gone", () => {
  const { person, says } = make();
  const told: string[] = [];
  person.events.on("videoStreamsUpdated", ({ added, removed }) => told.push(`+${added.map((one) => one.id)} -${removed.map((one) => one.id)}`));
  says({ id: 1, kind: "camera" });
  const [camera] = person.facade.videoStreams;
  camera.on("isAvailableChanged", () => told.push(`camera ${camera.isAvailable}`));
  assert.equal(camera.mediaStreamType, "Video");
  says();
  says({ id: 1, kind: "camera" }, { id: 2, kind: "screen" });
  const screen = person.facade.videoStreams[1];
  screen.on("isAvailableChanged", () => told.push(`screen ${screen.isAvailable}`));
  assert.equal(screen.mediaStreamType, "ScreenSharing");
  says({ id: 1, kind: "camera" });
  assert.deepEqual(told, ["+1 -", "camera false", "camera true", "+2 -", "screen false", "+ -2"]);
  assert.deepEqual(person.facade.videoStreams, [camera]);
  person.takeStreams([], true);
  assert.deepEqual(person.facade.videoStreams, []);
});

test("views of a stream that is off, or gone, are refused", () => {
  const { gallery } = make();
  const stream = gallery.stream({ id: 1, kind: "camera" });
  stream.setAvailable(false);
  assert.throws(() => stream.show(), { code: 412, subCode: 43200 });
  gallery.drop(stream);
  assert.throws(() => stream.show(), { code: 404, subCode: 43202 });
});

test("who reads a stream has its track, or hears that none comes", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  const { gallery, person, says } = make();
  const outcome = (work: Promise<MediaStream>): Promise<unknown> => work.then((stream) => stream.getVideoTracks().length, ({ code, subCode }) => `${code}/${subCode}`);
  says({ id: 7, kind: "camera" });
  const [video] = person.facade.videoStreams;
  const late = outcome(video.getMediaStream());
  t.mock.timers.tick(30_000);
  assert.equal(await late, "408/43203");
  const read = outcome(video.getMediaStream());
  gallery.slot("3", new FakeTrack() as never);
  gallery.take([{ mid: "3", stream: 7 }]);
  assert.deepEqual([await read, await outcome(video.getMediaStream())], [1, 1]);
  gallery.take([]);
  says();
  assert.equal(await outcome(video.getMediaStream()), 0, "it is off");
  says({ id: 7, kind: "camera" });
  const gone = outcome(video.getMediaStream());
  person.takeStreams([], true);
  assert.deepEqual([await gone, await outcome(video.getMediaStream())], ["404/43202", "404/43202"]);
});
