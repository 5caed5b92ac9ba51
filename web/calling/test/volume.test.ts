// The loudness of a stream, in simulated time.
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { meter } from "../src/media/volume";
import { FakeMediaStream, FakeTrack } from "./fakes";

/** Whether the user has done something in the page, without which browsers let no AudioContext begin. */
let touched = false;
let tries = 0;
Object.defineProperty(globalThis, "navigator", {
  configurable: true,
  value: {
    userActivation: {
      get hasBeenActive() {
        return touched;
      },
    },
  },
});
(globalThis as any).AudioContext = class {
  state = "suspended";
  createAnalyser = (): object => ({ getFloatTimeDomainData: (samples: Float32Array) => samples.fill(this.state === "running" ? 0.125 : 0) });
  createMediaStreamSource = (): object => ({ connect: () => {}, disconnect: () => {} });
  resume = async (): Promise<void> => {
    tries++;
    if (touched) this.state = "running";
  };
};

test("what is measured before the user has touched the page is loud from then on", () => {
  mock.timers.enable({ apis: ["setInterval"] });
  const stream = new FakeMediaStream([new FakeTrack("microphone", "audio")]);
  const volume = meter(() => stream as never);
  mock.timers.tick(1_000);
  assert.deepEqual([volume.level, tries], [0, 1]);
  touched = true;
  mock.timers.tick(200);
  assert.equal(volume.level, 50);
  volume.dispose();
  mock.timers.reset();
});
