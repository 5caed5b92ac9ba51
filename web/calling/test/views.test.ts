// Views that wait for their first picture.
import assert from "node:assert/strict";
import { test } from "node:test";
import { RemoteVideo } from "../src/calls/remotevideo";
import { LocalVideoStream } from "../src/media/localvideostream";
import { VideoStreamRenderer } from "../src/media/renderer";
import { makeView } from "../src/media/view";
import { Emitter } from "../src/emitter";
import { FakeMediaStream, FakeTrack, settle } from "./fakes";

const page = globalThis as any;
page.MediaStream = FakeMediaStream;
const element = (): object => ({ addEventListener: () => {}, removeEventListener: () => {}, style: {}, setAttribute: () => {}, appendChild: () => {}, play: async () => {}, pause: () => {}, replaceChildren: () => {} });
page.document = { createElement: element, addEventListener: () => {}, removeEventListener: () => {} };
page.IntersectionObserver = page.ResizeObserver = class {
  observe(): void {}
  disconnect(): void {}
};
let open: (() => void) | undefined;
const cameras: FakeTrack[] = [];
Object.defineProperty(globalThis, "navigator", {
  configurable: true,
  value: { mediaDevices: { getUserMedia: () => new Promise((resolve) => (open = () => resolve(new FakeMediaStream([(cameras.push(new FakeTrack("camera")), cameras.at(-1)!)])))) } },
});

const remote = (): RemoteVideo => new RemoteVideo(7, "camera", () => {});
const code = (work: Promise<unknown>): Promise<unknown> => work.then(() => "done", (error) => error.subCode);

test("a view whose stream ends before its first picture is rejected at once", async () => {
  const stream = remote();
  const view = code(new VideoStreamRenderer(stream.facade).createView());
  await settle();
  assert.ok(stream.want, "the view asks for the stream");
  stream.end();
  assert.equal(await view, 43202);
  assert.equal(stream.want, undefined);
});

test("a view whose renderer is disposed of is rejected, and asks for nothing any more", async () => {
  const stream = remote();
  const renderer = new VideoStreamRenderer(stream.facade);
  const view = code(renderer.createView());
  await settle();
  renderer.dispose();
  assert.deepEqual([await view, stream.want], [43209, undefined]);
});

test("a camera that opens after its renderer was disposed of is closed again", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const renderer = new VideoStreamRenderer(new LocalVideoStream({ id: "camera:a", name: "a", deviceType: "UsbCamera" }));
  const view = code(renderer.createView());
  await settle();
  renderer.dispose();
  open!();
  assert.equal(await view, 43209);
  t.mock.timers.tick(2_000);
  assert.equal(cameras[0].readyState, "ended");
});

test("what is no scaling mode is refused, and the one before stays", async () => {
  const { view } = makeView({ stream: () => new FakeMediaStream() as never, changes: new Emitter() }, { scalingMode: "Fit" }, () => {});
  for (const mode of ["fit", undefined, "toString"] as never[]) await assert.rejects(view.updateScalingMode(mode), { code: 400 });
  assert.equal(view.scalingMode, "Fit");
  await view.updateScalingMode("Crop");
  assert.equal(view.scalingMode, "Crop");
  view.dispose();
});

test("a view that is disposed of is seen no longer, and is the page's to take away", () => {
  const { view } = makeView({ stream: () => new FakeMediaStream() as never, changes: new Emitter() }, {}, () => {});
  let emptied = 0;
  view.target.replaceChildren = () => void emptied++;
  view.target.remove = () => assert.fail("the page takes it away");
  view.dispose();
  assert.deepEqual([emptied, view.target.style.display], [1, "none"]);
});
