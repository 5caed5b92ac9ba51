// How pictures are sent on the lines of a connection.
import assert from "node:assert/strict";
import { test } from "node:test";
import { cameraEncodings, screenEncodings } from "../src/media/layers";
import { Lines } from "../src/media/lines";

/** A connection of a browser; `refuses` is what it says of encodings. */
function connection(refuses: (encoding: RTCRtpEncodingParameters & { scalabilityMode?: string }) => boolean): { connection: never; set: object[] } {
  const set: object[] = [];
  const addTransceiver = (): object => ({
    sender: {
      track: null,
      replaceTrack: async () => {},
      getParameters: () => ({ encodings: [{ ...set.at(-1) }] }),
      setParameters: async ({ encodings }: RTCRtpSendParameters) => {
        if (refuses(encodings[0])) throw new DOMException("not supported", "OperationError");
        set.push(JSON.parse(JSON.stringify(encodings[0]))); // what is undefined is not there
      },
    },
  });
  return { connection: { addTransceiver, signalingState: "stable" } as never, set };
}

test("a screen is sent in temporal layers, where the browser has them", async () => {
  for (const [has, scalabilityMode] of [[true, "L1T3"], [false, undefined]] as const) {
    const browser = connection((encoding) => !has && encoding.scalabilityMode !== undefined);
    await new Lines(browser.connection, null).send("screen", { track: {} as never, encodings: screenEncodings(true) });
    assert.deepEqual(browser.set, [{ active: true, maxBitrate: 2_500_000, maxFramerate: 15, ...(scalabilityMode ? { scalabilityMode } : {}) }]);
  }
});

test("what a browser refuses for another reason is an error", async () => {
  const browser = connection(() => true);
  await assert.rejects(new Lines(browser.connection, null).send("screen", { track: {} as never, encodings: screenEncodings(true) }), { name: "OperationError" });
});

test("a bound on the frame rate that is lifted is none for the browser either", async () => {
  const browser = connection(() => false);
  const lines = new Lines(browser.connection, null);
  for (const max of [10, 0]) await lines.send("camera", { track: {} as never, encodings: cameraEncodings(1280, 720, () => true, { frameRate: { max } }) });
  assert.deepEqual(browser.set.map((one) => (one as RTCRtpEncodingParameters).maxFramerate), [10, undefined]);
});
