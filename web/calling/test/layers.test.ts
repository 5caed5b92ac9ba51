import assert from "node:assert/strict";
import { test } from "node:test";
import { Demand } from "../src/media/demand";
import { cameraEncodings, screenEncodings } from "../src/media/layers";

const all = (): boolean => true;
const sizes = (width: number, height: number, limits = {}): string[] =>
  cameraEncodings(width, height, all, limits)
    .filter((one) => one.active)
    .map((one) => `${one.rid} ${Math.round(width / one.scaleResolutionDownBy!)}x${Math.round(height / one.scaleResolutionDownBy!)}`);

test("a large camera is sent in three sizes, a small one in fewer, and each whole at the top", () => {
  assert.deepEqual(sizes(1280, 720), ["q 320x180", "h 640x360", "f 1280x720"]);
  assert.deepEqual(sizes(720, 1280), ["q 180x320", "h 360x640", "f 720x1280"]);
  assert.deepEqual(sizes(640, 480), ["q 320x240", "h 640x480"]);
  assert.deepEqual(sizes(320, 240), ["q 320x240"]);
});

test("what nobody wants is off", () => {
  assert.deepEqual(
    cameraEncodings(1280, 720, (rid) => rid === "h").map((one) => one.active),
    [false, true, false],
  );
  assert.equal(screenEncodings(false)[0].active, false);
});

test("an application's height bounds every size", () => {
  assert.deepEqual(sizes(1280, 720, { frameHeight: { max: 360 } }), ["q 320x180", "h 640x360"]);
  assert.deepEqual(sizes(640, 480, { frameHeight: { max: 240 } }), ["q 320x240"]);
  // It is the short side of what a telephone sends upright.
  assert.deepEqual(sizes(720, 1280, { frameHeight: { max: 360 } }), ["q 180x320", "h 360x640"]);
});

test("an application's bit rate is shared, the smallest size first", () => {
  const rates = (max: number): number[] => cameraEncodings(1280, 720, all, { bitrate: { max } }).filter((one) => one.active).map((one) => one.maxBitrate!);
  assert.deepEqual(rates(5_000_000), [150_000, 500_000, 1_700_000]);
  assert.deepEqual(rates(600_000), [150_000, 450_000]);
  assert.deepEqual(rates(100_000), [100_000]);
});

test("an application's frame rate is that of every size", () => {
  assert.ok(cameraEncodings(1280, 720, all, { frameRate: { max: 10 } }).every((one) => one.maxFramerate === 10));
});

test("a bound that is not named stays, and 0 lifts one", () => {
  const demand = new Demand("camera");
  const track = { getSettings: () => ({ width: 1280, height: 720 }) } as MediaStreamTrack;
  const sent = (): string => {
    const top = demand.encodings(track).filter((one) => one.active).at(-1)!;
    return `${720 / top.scaleResolutionDownBy!} ${top.maxFramerate} ${top.maxBitrate}`;
  };
  const after = (limits: object): string => (demand.bound(limits), sent());
  assert.equal(after({ frameHeight: { max: 360 }, frameRate: { max: 15 } }), "360 15 500000");
  assert.equal(after({ bitrate: { ideal: 400_000 } }), "360 15 250000", "each value is taken for the most");
  assert.equal(after({ bitrate: { max: 400_000 } }), "360 15 250000");
  assert.equal(after({ frameHeight: { max: undefined }, frameRate: {} }), "360 15 250000");
  assert.equal(after({ frameHeight: { max: 0 }, bitrate: { max: 0 } }), "720 15 1700000");
  assert.equal(after({ frameRate: { max: 0 } }), "720 undefined 1700000");
});
