// What users are told of their network and devices, in simulated time.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { Agent } from "../src/agent";
import { Features } from "../src/features/names";
import { DiagnosticQuality } from "../src/features/types";
import { LocalAudioStream } from "../src/media/localaudiostream";
import { LocalVideoStream } from "../src/media/localvideostream";
import type { Call } from "../src/types";
import { FakeConnection } from "./fakeconnection";
import { FakeMediaStream, FakeTrack, newest, settle } from "./fakes";
import { begin, finish, inRoom, pass, ROOM } from "./room";

const page = new EventTarget();
Object.assign(globalThis, { addEventListener: page.addEventListener.bind(page), removeEventListener: page.removeEventListener.bind(page), MediaStream: FakeMediaStream });
let microphone: FakeTrack & { onmute?: () => void; onunmute?: () => void };
Object.defineProperty(globalThis, "navigator", {
  configurable: true,
  value: { mediaDevices: { getUserMedia: async () => new FakeMediaStream([(microphone = new FakeTrack("microphone", "audio"))]) } },
});

let agent: Agent;
let call: Call;
let told: string[];
/** The counters of the browser. */
let sound: { energy: number; received: number; lost: number; fractionLost: number; rtt: number };
let seq = 10;
beforeEach(async () => {
  begin();
  sound = { energy: 0, received: 0, lost: 0, fractionLost: 0, rtt: 0.05 };
  ({ agent, call } = await inRoom([{ id: "8:acs:bob", state: "Connected", muted: false, endpoints: ["b"], streams: [] }]));
  FakeConnection.newest().getStats = async () =>
    new Map<string, object>([
      ["in", { type: "inbound-rtp", packetsReceived: sound.received, packetsLost: sound.lost }],
      ["out", { type: "remote-inbound-rtp", timestamp: Date.now(), fractionLost: sound.fractionLost, roundTripTime: sound.rtt }],
      ["source", { type: "media-source", kind: "audio", totalAudioEnergy: sound.energy }],
    ]);
  told = [];
  const { network, media } = call.feature(Features.UserFacingDiagnostics);
  network.on("diagnosticChanged", ({ diagnostic, value }) => told.push(`${diagnostic} ${DiagnosticQuality[value as number]}`));
  media.on("diagnosticChanged", ({ diagnostic, value }) => told.push(`${diagnostic} ${value}`));
});
afterEach(() => finish(agent));

/** The server says something of the call. */
function hear(message: object): void {
  newest().say({ seq: ++seq, call: call.id, ...message });
}

/** A request is carried out. */
async function granted(work: Promise<unknown>, t: string, events: object[] = []): Promise<void> {
  await settle();
  newest().say({ t: "ok", re: newest().last(t).id });
  events.forEach(hear);
  await work;
}

test("a network that a call cannot begin on, and one that it loses later", async () => {
  const beginning = agent.facade.join({ roomId: ROOM });
  const began: string[] = [];
  beginning.feature(Features.UserFacingDiagnostics).network.on("diagnosticChanged", ({ diagnostic, value }) => began.push(`${diagnostic} ${value}`));
  for (const event of ["offline", "online"]) page.dispatchEvent(new Event(event));
  assert.deepEqual([began, told], [["noNetwork true", "noNetwork false"], []]);
});

test("a microphone that gives nothing at all", async () => {
  await pass(20_000);
  assert.deepEqual(told, ["microphoneNotMuteButSilent true"]);
  sound.energy = 1;
  await pass(2_000);
  assert.deepEqual(told.slice(1), ["microphoneNotMuteButSilent false"]);
});

test("who may not be heard is no microphone that is silent", async () => {
  await granted(call.mute(), "media.state");
  await pass(20_000);
  await granted(call.unmute(), "media.state");
  await pass(4_000);
  hear({ t: "role", role: "Consumer" });
  await pass(20_000);
  hear({ t: "role", role: "Presenter" });
  await granted(call.hold(), "call.hold", [{ t: "call.state", state: "LocalHold" }]);
  await pass(20_000);
  await granted(call.resume(), "call.resume", [{ t: "call.state", state: "Connected" }]);
  await pass(4_000);
  const own = new LocalAudioStream(new FakeMediaStream([new FakeTrack("own", "audio")]) as never);
  await call.startAudio(own);
  own.dispose();
  for (let i = 0; i < 2; i++) {
    await pass(10_000);
    newest().say({ t: "ok", re: "ping" }); // the server is there
  }
  assert.deepEqual(told, []);
});

test("a microphone that the system takes, and gives back", () => {
  microphone.onmute!();
  microphone.onunmute!();
  assert.deepEqual(told, ["microphoneMuteUnexpectedly true", "microphoneMuteUnexpectedly false"]);
});

test("a microphone that is pulled out, and one that takes its place", async () => {
  const { onended } = Object.assign(microphone as FakeTrack & { onended?: () => void }, { readyState: "ended" });
  onended!();
  await settle();
  assert.deepEqual(told, ["microphoneNotFunctioning true", "microphoneNotFunctioning false"]);
});

test("a sound of the application that is over", async () => {
  const file = new FakeTrack("file", "audio") as FakeTrack & { onended?: () => void };
  await call.startAudio(new LocalAudioStream(new FakeMediaStream([file]) as never));
  file.stop();
  file.onended!();
  await settle();
  assert.deepEqual(told, ["microphoneNotFunctioning true"], "it does not work again by itself");
  await call.startAudio(new LocalAudioStream(new FakeMediaStream([new FakeTrack("another file", "audio")]) as never));
  assert.deepEqual(told.slice(1), ["microphoneNotFunctioning false"]);
});

test("a camera that the system withholds, and gives back", async () => {
  const picture = new FakeTrack("picture");
  await granted(call.startVideo(new LocalVideoStream(new FakeMediaStream([picture]) as never)), "media.state");
  picture.dispatchEvent(new Event("mute"));
  picture.dispatchEvent(new Event("unmute"));
  assert.deepEqual(told, ["cameraStoppedUnexpectedly true", "cameraStoppedUnexpectedly false"]);
});

test("a screen that the system does not let the browser record", async () => {
  (navigator.mediaDevices as any).getDisplayMedia = async () => Promise.reject(new DOMException("Permission denied by system", "NotAllowedError"));
  await assert.rejects(call.startScreenSharing(), { code: 412, subCode: 43016 });
  (navigator.mediaDevices as any).getDisplayMedia = async () => new FakeMediaStream([new FakeTrack("screen")]);
  await granted(call.startScreenSharing(), "media.state");
  assert.deepEqual(told, ["capturerStartFailed true", "screenshareRecordingDisabled true", "capturerStartFailed false", "screenshareRecordingDisabled false"]);
});

test("counters that a closed connection refuses are no error", async () => {
  FakeConnection.newest().getStats = () => Promise.reject(new DOMException("closed", "InvalidStateError"));
  call.feature(Features.MediaStats).createCollector();
  await pass(5_000);
  assert.deepEqual(told, []);
});

test("the network, each way", async () => {
  const hear = async (received: number, lost: number): Promise<void> => {
    Object.assign(sound, { received: sound.received + received, lost: sound.lost + lost, energy: sound.energy + 1 });
    await pass(2_000);
  };
  await hear(100, 0);
  await hear(95, 5);
  await hear(80, 20);
  await hear(100, 0);
  assert.deepEqual(told, ["networkReceiveQuality Poor", "networkReceiveQuality Bad", "networkReceiveQuality Good"]);
  told.length = 0;
  for (const [fractionLost, rtt] of [[0.05, 0.05], [0, 0.9], [0, 0.05]]) {
    Object.assign(sound, { fractionLost, rtt });
    await hear(100, 0);
  }
  assert.deepEqual(told, ["networkSendQuality Poor", "networkSendQuality Bad", "networkReceiveQuality Bad", "networkSendQuality Good", "networkReceiveQuality Good"]);
});

test("a call that may not be ended for all goes on, and says so", async () => {
  const ended = call.hangUp({ forEveryone: true }).then(() => "ended", ({ code }) => code);
  await settle();
  assert.equal(call.state, "Connected");
  newest().say({ t: "error", re: newest().last("call.hangup").id, reason: "notHere", code: 405, subCode: 0, message: "not in rooms" });
  assert.equal(await ended, 405);
  await pass(20_000);
  assert.equal(call.state, "Connected");
});
