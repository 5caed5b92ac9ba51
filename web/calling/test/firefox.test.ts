// What Firefox tells otherwise than Chromium: its counters as Firefox 153 gave them, and its list of speakers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Features } from "../src/features/names";
import { summary } from "../src/features/mediareport";
import { read } from "../src/features/mediastats";
import { LocalAudioStream } from "../src/media/localaudiostream";
import { FakeConnection } from "./fakeconnection";
import { FakeMediaStream, FakeTrack, newest, settle } from "./fakes";
import { begin, finish, grant, greet, inRoom, newAgent, pass, ROOM } from "./room";

type Entry = Record<string, any>;
const entries = (...list: Entry[]): Map<string, Entry> => new Map(list.map((one) => [one.id, one]));

Object.assign(globalThis, { MediaStream: FakeMediaStream, HTMLMediaElement: class { setSinkId(): void {} } });
let listed: object[] = [];
const mediaDevices = {
  selectAudioOutput: async () => {},
  enumerateDevices: async () => listed,
  getUserMedia: async () => new FakeMediaStream([new FakeTrack("microphone", "audio")]),
};
Object.defineProperty(globalThis, "navigator", { configurable: true, value: { mediaDevices } });

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0";
const source = { id: "mediasource_audio_0", type: "media-source", kind: "audio", trackIdentifier: "{e70d}" };
const pair = { id: "pair", type: "candidate-pair", nominated: true, selected: true, state: "succeeded", currentRoundTripTime: 0.002, localCandidateId: "l", remoteCandidateId: "r" };
const transport = { id: "way", type: "transport", dtlsState: "connected", iceState: "connected", selectedCandidatePairId: "pair" };
const candidates = ["local", "remote"].map((side) => ({ id: side[0], type: `${side}-candidate`, candidateType: "host", protocol: "udp" }));

test("a microphone whose loudness the browser does not tell is not taken for one that is silent", async () => {
  begin();
  const { agent, call } = await inRoom([]);
  const told: string[] = [];
  call.feature(Features.UserFacingDiagnostics).media.on("diagnosticChanged", ({ diagnostic, value }) => told.push(`${diagnostic} ${value}`));
  FakeConnection.newest().getStats = async () => entries(source);
  await call.startAudio(new LocalAudioStream(new FakeMediaStream([new FakeTrack("speaks", "audio")]) as never));
  await pass(20_000);
  assert.deepEqual(told, []);
  await finish(agent);
});

test("a call that has no path to a server on 127.0.0.1 says what to do", async () => {
  const local = "a=candidate:1 1 udp 2130706431 127.0.0.1 24014 typ host\r\n";
  const wide = "a=candidate:2 1 udp 2130706431 192.0.2.2 24014 typ host\r\n";
  const failed = "the client's media did not come up";
  for (const [userAgent, candidates, message] of [
    [FIREFOX, local, "Firefox sends no media to 127.0.0.1, the only address of the server: let that have --webrtc localhost:0, the default, on a machine with a network"],
    [FIREFOX, local + wide, failed],
    ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36", local, failed],
  ]) {
    begin();
    Object.assign(navigator, { userAgent });
    const agent = newAgent();
    void agent.open();
    await greet("s1");
    const call = agent.facade.join({ roomId: ROOM });
    await settle();
    await grant("call.join");
    await grant("media.offer", { t: "media.answer", call: call.id, n: 1, sdp: `v=0\r\n${candidates}` });
    FakeConnection.newest().fail();
    newest().say({ t: "call.ended", seq: 1, call: call.id, code: 410, subCode: 301004, message: failed });
    assert.equal(call.callEndReason?.message, message);
    await finish(agent);
  }
});

test("a report has the bytes of the pair of candidates, where the transport has none", () => {
  const inbound = { id: "in", type: "inbound-rtp", kind: "audio", packetsReceived: 264, jitter: 0.041 };
  const at = (timestamp: number, bytes: number) => entries(inbound, source, { ...transport, timestamp }, { ...pair, bytesSent: bytes, bytesReceived: 2 * bytes }, ...candidates);
  const { sentKbps, receivedKbps, roundTripMs, pair: path } = summary(at(15_000, 55_000), at(10_000, 5_000))!;
  assert.deepEqual([sentKbps, receivedKbps, roundTripMs, path], [80, 160, 2, "udp host to host"]);
});

test("a screen of which packets without pictures are sent is not shared", () => {
  const outbound = (mid: string, framesSent: number) => ({ id: mid, mid, type: "outbound-rtp", kind: "video", packetsSent: 2 + framesSent, framesSent, ssrc: 1 });
  const sample = read(entries(outbound("1", 84), outbound("2", 0)), new Map(), { stream: () => undefined, isScreen: () => false });
  assert.deepEqual([sample.video.send.length, sample.screenShare.send.length], [1, 0]);
});

test("speakers that the browser lists once the user has chosen them are not missing", async () => {
  const { Devices } = await import("../src/media/devices");
  listed = [{ kind: "audioinput", deviceId: "a", label: "a" }];
  const devices = new Devices();
  await devices.begin();
  assert.deepEqual([devices.manager.isSpeakerSelectionAvailable, devices.noSpeakers], [true, false]);
  devices.dispose();
  delete (mediaDevices as Partial<typeof mediaDevices>).selectAudioOutput; // as in Chromium, which lists all
  const all = new Devices();
  await all.begin();
  assert.equal(all.noSpeakers, true);
  all.dispose();
  await settle();
});
