import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Outgoing } from "../src/calls/outgoing";
import { LocalVideoStream } from "../src/media/localvideostream";
import { FakeMediaStream, FakeTrack, settle } from "./fakes";

(globalThis as any).MediaStream = FakeMediaStream;
const opened: FakeTrack[] = [];
const camera = (id: string) => ({ id: `camera:${id}`, name: id, deviceType: "UsbCamera" as const });

Object.defineProperty(globalThis, "navigator", {
  configurable: true,
  value: {
    mediaDevices: {
      getUserMedia: async ({ video }: { video: { deviceId: { exact: string } } }) => {
        if (video.deviceId.exact === "denied") throw Object.assign(new Error("Permission denied"), { name: "NotAllowedError" });
        if (video.deviceId.exact === "busy") throw Object.assign(new Error("in use"), { name: "NotReadableError" });
        if (video.deviceId.exact.startsWith("phone's") && opened.some((one) => one.readyState === "live")) throw Object.assign(new Error("one at a time"), { name: "NotReadableError" });
        if (video.deviceId.exact === "slow") await new Promise((resolve) => setTimeout(resolve, 15_000));
        const track = new FakeTrack(video.deviceId.exact);
        opened.push(track);
        return new FakeMediaStream([track]);
      },
    },
  },
});
beforeEach(() => opened.splice(0));

function make(refuses = false, fails = false) {
  const log: string[] = [];
  let connect!: () => void;
  const peer = {
    takes: () => true,
    show: async (_kind: string, { track }: { track: FakeTrack | null }) => {
      if (track && fails) throw new Error("not sent");
      log.push(`shows ${track ? track.label : "nothing"}`);
    },
  };
  const connected = new Promise((resolve) => (connect = () => resolve(peer)));
  const outgoing = new Outgoing("camera", {
    connected: () => connected as never,
    tell: async (on) => {
      log.push(`tells ${on}`);
      if (refuses) throw Object.assign(new Error("no"), { code: 403, subCode: 0 });
    },
    log: () => {},
  });
  outgoing.events.on("streams", ({ added, removed }) => log.push(`lists +${added.length} -${removed.length}`));
  outgoing.events.on("on", () => log.push(`on ${outgoing.on}`));
  return { outgoing, connect, log };
}

test("a camera is sent once the call is connected and the server has agreed", async () => {
  const { outgoing, connect, log } = make();
  const stream = new LocalVideoStream(camera("a"));
  const started = outgoing.start(stream);
  await settle();
  assert.deepEqual(log, ["lists +1 -0"], "before the call is connected it is seen here alone");
  connect();
  await started;
  assert.deepEqual(log.slice(1), ["tells true", "shows a", "on true"]);
  await assert.rejects(outgoing.start(stream), { code: 400, subCode: 41027 });
  log.length = 0;
  await stream.switchSource(camera("b"));
  await settle();
  assert.deepEqual(log, ["shows b"]);
  assert.equal(opened[0].readyState, "ended", "the camera before is closed");
  log.length = 0;
  for (const held of [false, true, true, false, false]) outgoing.hold(held);
  await settle();
  assert.deepEqual(log, ["shows nothing", "shows b"], "what is held already, or is not, changes nothing");
  log.length = 0;
  await outgoing.stop();
  assert.deepEqual(log, ["shows nothing", "lists +0 -1", "on false", "tells false"]);
  await assert.rejects(outgoing.stop(), { code: 400, subCode: 41030 });
  stream.dispose();
});

test("a refusal of the server leaves nothing on", async () => {
  const { outgoing, connect, log } = make(true);
  connect();
  await assert.rejects(outgoing.start(new LocalVideoStream(camera("a"))), { code: 403 });
  assert.deepEqual(log, ["lists +1 -0", "tells true", "shows nothing", "lists +0 -1"]);
  assert.equal(outgoing.stream, undefined);
});

test("pictures whose size is not known at first are sent anew when it is", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { outgoing, connect, log } = make();
  connect();
  const track = new FakeTrack("canvas");
  let size: object = {};
  track.getSettings = () => size;
  await outgoing.start(new LocalVideoStream(new FakeMediaStream([track]) as never));
  const shown = (): number => log.filter((line) => line === "shows canvas").length;
  for (let i = 0; i < 10; i++) {
    context.mock.timers.tick(500);
    await settle();
  }
  assert.equal(shown(), 1, "not as long as a browser does not tell it");
  size = { width: 320, height: 180 };
  context.mock.timers.tick(500);
  await settle();
  assert.equal(shown(), 2);
  context.mock.timers.tick(5_000);
  await settle();
  assert.equal(shown(), 2, "once");
  size = {};
  outgoing.want(["q"]);
  await outgoing.stop();
  context.mock.timers.tick(5_000);
  await settle();
  assert.equal(shown(), 3, "not after its end");
});

test("a camera that the browser does not send is taken back at the server", async () => {
  const { outgoing, connect, log } = make(false, true);
  connect();
  await assert.rejects(outgoing.start(new LocalVideoStream(camera("a"))), { message: "not sent" });
  await settle();
  assert.deepEqual(log, ["lists +1 -0", "tells true", "shows nothing", "lists +0 -1", "tells false"]);
});

test("what is stopped before it has begun does not begin, and closes the camera", async (t) => {
  const { outgoing, connect, log } = make();
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const started = outgoing.start(new LocalVideoStream(camera("a")));
  const stopped = outgoing.stop();
  await assert.rejects(started, { code: 410, subCode: 41048 });
  await stopped;
  connect();
  await settle();
  t.mock.timers.tick(2000);
  assert.ok(!log.includes("tells true"));
  assert.equal(opened[0].readyState, "ended");
});

test("a device that is gone ends it, and the server is told", async () => {
  const { outgoing, connect, log } = make();
  connect();
  await outgoing.start(new LocalVideoStream(camera("a")));
  let lost = false;
  outgoing.events.on("lost", () => (lost = true));
  opened[0].end();
  await settle();
  assert.ok(lost);
  assert.deepEqual(log.slice(-4), ["shows nothing", "lists +0 -1", "on false", "tells false"]);
});

test("a stream that is disposed of is not sent any more, and the server is told", async () => {
  const { outgoing, connect, log } = make();
  connect();
  const stream = new LocalVideoStream(camera("a"));
  await outgoing.start(stream);
  let lost = false;
  outgoing.events.on("lost", () => (lost = true));
  stream.dispose();
  await settle();
  assert.deepEqual([lost, outgoing.on, log.slice(-4)], [false, false, ["shows nothing", "lists +0 -1", "on false", "tells false"]]);
});

test("why a camera does not open is said by its code, and by the text that UI libraries know", async () => {
  for (const [id, code, subCode, why] of [["denied", 403, 43001, "permissionDeniedError"], ["busy", 412, 43000, "SourceUnavailableError"]] as const) {
    const { outgoing } = make();
    await assert.rejects(outgoing.start(new LocalVideoStream(camera(id))), { code, subCode, message: `Video operation failure ${why}` });
    assert.equal(outgoing.stream, undefined, "another try is possible");
  }
  const stream = new LocalVideoStream(camera("a"));
  await assert.rejects(stream.switchSource(camera("a")), { code: 400, subCode: 43005 });
  await assert.rejects(stream.switchSource({} as never), { code: 400, subCode: 43004 });
});

test("a telephone, which opens one camera at a time, changes between them", async () => {
  const { outgoing, connect, log } = make();
  connect();
  const stream = new LocalVideoStream(camera("phone's front"));
  await outgoing.start(stream);
  await stream.switchSource(camera("phone's back"));
  await settle();
  assert.equal(log.at(-1), "shows phone's back");
  await assert.rejects(stream.switchSource(camera("busy")), { subCode: 43000 });
  await settle();
  assert.equal(log.at(-1), "shows phone's back");
  assert.deepEqual(opened.map(({ label, readyState }) => `${label} ${readyState}`), ["phone's front ended", "phone's back ended", "phone's back live"]);
  assert.ok(outgoing.on);
  assert.equal(stream.source.id, "camera:phone's back");
  stream.dispose();
});

test("a camera is slow while it opens, not while the call rings", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const slow: string[] = [];
  for (const id of ["a", "slow"]) {
    const { outgoing, connect } = make();
    outgoing.events.on("slow", () => slow.push(id));
    const started = outgoing.start(new LocalVideoStream(camera(id)));
    for (let i = 0; i < 4; i++) {
      await settle();
      t.mock.timers.tick(9_000);
    }
    connect();
    await started;
    outgoing.close();
  }
  assert.deepEqual(slow, ["slow"]);
});

test("a stream without a camera says so", async () => {
  const { outgoing } = make();
  await assert.rejects(outgoing.start(new LocalVideoStream(undefined as never)), { code: 412, subCode: 43013, message: /without a camera/ });
});

test("a camera that cannot be opened leaves the one before", async () => {
  const stream = new LocalVideoStream(camera("a"));
  const before = await stream.getMediaStream();
  await assert.rejects(stream.switchSource(camera("denied")), { subCode: 43001 });
  assert.equal(await stream.getMediaStream(), before);
  assert.equal(opened[0].readyState, "live");
  await assert.rejects(stream.switchSource(camera("busy")), { subCode: 43000 });
  // It was closed for the other, as far as that helps, and is open again.
  assert.deepEqual(opened.map(({ label, readyState }) => `${label} ${readyState}`), ["a ended", "a live"]);
  assert.equal((await stream.getMediaStream()).getTracks()[0], opened[1] as never);
  assert.equal(stream.source.id, "camera:a");
  stream.dispose();
  assert.equal(opened[1].readyState, "ended");
});

test("a hold sends nothing, and goes on where it was", async () => {
  const { outgoing, connect, log } = make();
  connect();
  await outgoing.start(new LocalVideoStream(camera("a")));
  outgoing.hold(true);
  outgoing.hold(false);
  assert.deepEqual(log.slice(-2), ["shows nothing", "shows a"]);
  assert.ok(outgoing.on);
});

test("a stream is disposed of with its call, unless the application keeps it", async () => {
  for (const autoDisposeOnCallEnd of [undefined, true, false]) {
    const { outgoing, connect } = make();
    connect();
    const stream = new LocalVideoStream(camera("a"), { autoDisposeOnCallEnd });
    const [track] = (await stream.getMediaStream()).getTracks();
    await outgoing.start(stream);
    outgoing.close();
    assert.equal(track.readyState, autoDisposeOnCallEnd === false ? "live" : "ended");
    stream.dispose();
    assert.equal(track.readyState, "ended");
  }
});
