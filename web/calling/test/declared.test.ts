// What pages may do by the declarations of @azure/communication-calling, and other SDKs of Azure.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AzureLogger, setLogLevel } from "@azure/logger";
import { CallClient, Features, LocalAudioStream, LocalVideoStream } from "../src";
import { read } from "../src/features/mediastats";
import { summarise } from "../src/features/summary";
import type { MediaStatsReportSample } from "../src/features/types";
import type { CallFeatureFactory, CallFeature } from "../src/types";
import { agent, asked, besideBob, BOB, call, hear } from "./besidebob";
import { FakeMediaStream, FakeTrack } from "./fakes";

(globalThis as any).MediaStream = FakeMediaStream;
besideBob();

test("callInfoChanged is subscribed to by its name", () => {
  const told: string[] = [];
  const listener = (): void => void told.push(call.info.participantId);
  call.info.onCallInfoChanged("callInfoChanged", listener);
  hear({ t: "call.info", kind: "room", serverCallId: "s", participantId: "other" });
  call.info.offCallInfoChanged("callInfoChanged", listener);
  hear({ t: "call.info", kind: "room", serverCallId: "s", participantId: "third" });
  assert.deepEqual(told, ["other"]);
});

test("every feature can be disposed of, which ends nothing", async () => {
  for (const factory of Object.values(Features)) {
    const ofCall = call.feature(factory as CallFeatureFactory<CallFeature>);
    ofCall.dispose();
    assert.equal(call.feature(factory as CallFeatureFactory<CallFeature>), ofCall);
  }
  agent.facade.feature(Features.ActiveCallTransfer).dispose();
  new LocalVideoStream({ id: "camera:a", name: "a", deviceType: "UsbCamera" }).feature(Features.VideoEffects).dispose();
  new LocalAudioStream({ id: "microphone:a", name: "a", isSystemDefault: true, deviceType: "Microphone" }).feature(Features.AudioEffects).dispose();
  const client = new CallClient();
  client.feature(Features.DebugInfo).dispose();
  await (await client.getDeviceManager()).startPreheatDevices({ audio: { preheat: true } }).then(() => client.dispose());
});

test("a change of a stream's source hands out the stream", async () => {
  const sources: unknown[] = [];
  const video = new LocalVideoStream(new FakeMediaStream([new FakeTrack("drawn")]) as never);
  const audio = new LocalAudioStream(new FakeMediaStream([new FakeTrack("tone", "audio")]) as never);
  video.on("videoSourceChanged", ({ source }) => sources.push(source));
  audio.on("audioSourceChanged", ({ source }) => sources.push(source));
  await video.setMediaStream(new FakeMediaStream([new FakeTrack("other")]) as never);
  await audio.setMediaStream(new FakeMediaStream([new FakeTrack("other", "audio")]) as never);
  assert.deepEqual([sources.length, sources[0] === video, sources[1] === audio], [2, true, true]);
});

test("who speaks or writes is told with its endpoints", async () => {
  const told: string[] = [];
  const { captions } = call.feature(Features.Captions);
  (captions.on as (event: string, listener: (args: any) => void) => void)("CaptionsReceived", ({ speaker }) => told.push(JSON.stringify(speaker.endpointDetails)));
  await asked(captions.startCaptions(), "captions.set");
  for (const who of [BOB.id, "8:acs:ann", "8:acs:gone"]) hear({ t: "caption", who, text: "hello", final: true, language: "en-us", time: 1 });
  const texts = call.feature(Features.RealTimeText);
  texts.on("realTimeTextReceived", ({ sender }) => told.push(JSON.stringify(sender.endpointDetails)));
  hear({ t: "text", who: BOB.id, n: 1, text: "hi", final: true });
  assert.deepEqual(told, ['[{"participantId":"b"}]', '[{"participantId":"me1"}]', "[]", '[{"participantId":"b"}]']);
});

test("the optimal count of videos names its reasons as they are declared", () => {
  assert.equal(call.feature(Features.OptimalVideoCount).lastOvcChangeReason, "unknown");
});

test("statistics have the measures that are declared", () => {
  const entries = (lost: number, sent: number): Map<string, Record<string, unknown>> =>
    new Map(
      [
        { id: "mic", kind: "audio", type: "outbound-rtp", packetsSent: sent, bytesSent: sent, remoteId: "heard", transportId: "way", timestamp: sent },
        { id: "heard", type: "remote-inbound-rtp", packetsLost: lost, roundTripTime: 0.02 },
        { id: "in", kind: "audio", type: "inbound-rtp", packetsReceived: sent, packetsLost: lost, transportId: "way", timestamp: sent },
        { id: "camera", mid: "1", kind: "video", type: "outbound-rtp", packetsSent: sent, framesSent: sent, remoteId: "heard", timestamp: sent },
        { id: "picture", mid: "3", kind: "video", type: "inbound-rtp", packetsLost: lost, jitterBufferEmittedCount: sent, jitterBufferDelay: sent / 20, transportId: "way", timestamp: sent },
        { id: "way", type: "transport", selectedCandidatePairId: "pair" },
        { id: "pair", type: "candidate-pair", currentRoundTripTime: 0.03 },
      ].map((one) => [one.id, one]),
    );
  const places = { stream: () => ({ id: 7, screen: false }), isScreen: () => false };
  const first = read(entries(40, 1_000), new Map(), places);
  assert.equal(first.audio.send[0].packetsLostPerSecond, 0, "what was lost before is not of this second");
  const { audio, video } = read(entries(43, 2_000), entries(40, 1_000), places);
  assert.deepEqual([audio.send[0].packetsLostPerSecond, audio.send[0].rttInMs, audio.receive[0].packetsLostPerSecond, audio.receive[0].rttInMs], [3, 20, 3, 30]);
  assert.deepEqual([video.send[0].packetsLostPerSecond, video.send[0].framesSent], [3, 2_000]);
  assert.deepEqual([video.receive[0].packetsLostPerSecond, video.receive[0].rttInMs, video.receive[0].jitterBufferDelayInMs], [3, 30, 50]);
});

test("sound that was made up for silence is not healed", () => {
  const heard = (samples: number, concealed: number, silent: number) => new Map([["in", { id: "in", kind: "audio", type: "inbound-rtp", totalSamplesReceived: samples, concealedSamples: concealed, silentConcealedSamples: silent }]]);
  const places = { stream: () => undefined, isScreen: () => false };
  const ratio = (...[now, before]: [Map<string, any>, Map<string, any>]): unknown => read(now, before, places).audio.receive[0].healedRatio;
  assert.deepEqual([ratio(heard(48_000, 4_800, 2_400), heard(0, 0, 0)), ratio(heard(96_000, 9_600, 7_200), heard(48_000, 4_800, 2_400))], [0.05, 0]);
});

test("a summary has series of the smaller pictures of a stream too", () => {
  const sample = (sent: number, small: number): MediaStatsReportSample => ({
    audio: { send: [], receive: [] },
    video: { send: [{ id: "1", codecName: "VP8", framesSent: sent, altLayouts: [{ id: "2", framesSent: small }] }], receive: [] },
    screenShare: { send: [], receive: [] },
    transports: [{ id: "way", rttInMs: sent }],
  });
  const at = new Date();
  const { video, transports } = summarise([sample(10, 1), sample(20, 2)], 2, at);
  const aggregation = (sum: number, min: number, max: number): object => ({ count: [2], sum: [sum], min: [min], max: [max] });
  assert.deepEqual(video.send, [
    {
      id: "1",
      codecName: { raw: ["VP8", "VP8"], timestamp: at, aggregation: undefined },
      framesSent: { raw: [10, 20], timestamp: at, aggregation: aggregation(30, 10, 20) },
      altLayouts: [{ id: "2", framesSent: { raw: [1, 2], timestamp: at, aggregation: aggregation(3, 1, 2) } }],
    },
  ]);
  assert.deepEqual(transports, [{ id: "way", rttInMs: { raw: [10, 20], timestamp: at, aggregation: aggregation(30, 10, 20) } }]);
});

test("without a logger of its own, a page has the log of Azure's SDKs", () => {
  const { log } = AzureLogger;
  const lines: string[] = [];
  AzureLogger.log = (...args) => void lines.push(args.join(" "));
  try {
    new CallClient({ diagnostics: { tags: ["a"] } });
    assert.deepEqual(lines, [], "until it wants one");
    setLogLevel("verbose");
    new CallClient({ diagnostics: { tags: ["b"] } });
    new CallClient({ diagnostics: { tags: ["n"] }, logger: null as never });
    new CallClient({ diagnostics: { tags: ["c"] }, logger: { info: (line: string) => lines.push(`own ${line}`) } as never });
  } finally {
    setLogLevel(undefined);
    AzureLogger.log = log;
  }
  assert.deepEqual(lines, ["azure:ACS-calling:info calling: tags b", "azure:ACS-calling:info calling: tags n", "own calling: tags c"]);
});
