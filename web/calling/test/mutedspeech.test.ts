// The copy of the microphone that shows whether a muted user speaks, in simulated time.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Features } from "../src/features/names";
import { LocalAudioStream } from "../src/media/localaudiostream";
import type { AudioDeviceInfo } from "../src/types";
import { FakeMediaStream, FakeTrack } from "./fakes";
import { begin, devices, finish, grant, inRoom, pass } from "./room";

const page = globalThis as any;
page.MediaStream = FakeMediaStream;
/** How loud everything is. */
let loud = 0;
page.AudioContext = class {
  createAnalyser = (): object => ({ getFloatTimeDomainData: (samples: Float32Array) => samples.fill(loud) });
  createMediaStreamSource = (): object => ({ connect: () => {}, disconnect: () => {} });
  resume = async (): Promise<void> => {};
};
let copies: FakeTrack[] = [];
class Microphone extends FakeTrack {
  enabled = true;
  clone(): FakeTrack {
    copies.push(new FakeTrack("copy", "audio"));
    return copies.at(-1)!;
  }
}
Object.defineProperty(globalThis, "navigator", {
  configurable: true,
  value: { mediaDevices: { getUserMedia: async () => new FakeMediaStream([new Microphone("microphone", "audio")]) } },
});

/** A call that is muted, and what users are told of their microphone. */
async function muted(stream?: LocalAudioStream) {
  begin();
  copies = [];
  loud = 0;
  const { agent, call } = await inRoom([]);
  if (stream) await call.startAudio(stream);
  const told: unknown[] = [];
  call.feature(Features.UserFacingDiagnostics).media.on("diagnosticChanged", ({ diagnostic, value }) => diagnostic === "speakingWhileMicrophoneIsMuted" && told.push(value));
  const done = call.mute();
  await grant("media.state");
  await done;
  assert.deepEqual(copies.map(({ readyState }) => readyState), ["live"]);
  return { agent, call, told };
}

test("a muted user who speaks is told so", async () => {
  const { agent, told } = await muted();
  loud = 0.5;
  await pass(2_000);
  loud = 0;
  await pass(5_000);
  assert.deepEqual(told, [true, false]);
  await finish(agent);
  assert.equal(copies[0].readyState, "ended");
});

test("a microphone that is given up while muted is closed, its copy too", async () => {
  const microphone: AudioDeviceInfo = { id: "microphone:a", name: "a", isSystemDefault: true, deviceType: "Microphone" };
  for (const whose of ["the call's", "the application's"]) {
    const own = whose === "the application's";
    Object.assign(devices, { microphone: own ? undefined : microphone });
    const { agent, call } = await muted(own ? new LocalAudioStream(microphone) : undefined);
    call.localAudioStreams[0].dispose();
    await pass(1_000);
    assert.deepEqual([copies.map(({ readyState }) => readyState), call.localAudioStreams.length], [["ended"], 0]);
    await finish(agent);
  }
});
