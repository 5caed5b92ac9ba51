import assert from "node:assert/strict";
import { test } from "node:test";
import { summary } from "../src/features/mediareport";

type Entry = Record<string, any>;
const entries = (...list: Entry[]): Map<string, Entry> => new Map(list.map((one) => [one.id, one]));

const inbound = { id: "in", type: "inbound-rtp", kind: "audio", packetsReceived: 100, packetsLost: 4, jitter: 0.004, totalSamplesReceived: 96_000, totalSamplesDuration: 2, jitterBufferEmittedCount: 96_000, jitterBufferDelay: 3_840, concealedSamples: 4_800, totalAudioEnergy: 0.5 };
const others = [
  { id: "mic", type: "media-source", kind: "audio", totalAudioEnergy: 0.02, totalSamplesDuration: 2 },
  { id: "way", type: "transport", timestamp: 10_000, bytesSent: 5_000, bytesReceived: 10_000, selectedCandidatePairId: "pair" },
  { id: "pair", type: "candidate-pair", currentRoundTripTime: 0.0214, localCandidateId: "l", remoteCandidateId: "r" },
  { id: "l", type: "local-candidate", protocol: "udp", candidateType: "relay", relayProtocol: "tcp" },
  { id: "r", type: "remote-candidate", protocol: "udp", candidateType: "host" },
];

test("a report has what changed since the last one", () => {
  const before = entries(inbound, ...others);
  const later = { ...inbound, packetsReceived: 345, packetsLost: 9, totalSamplesReceived: 336_000, totalSamplesDuration: 7, jitterBufferEmittedCount: 336_000, jitterBufferDelay: 3_840 + 9_600, concealedSamples: 4_800 + 2_400, totalAudioEnergy: 0.5 + 0.8 };
  const now = entries(later, { ...others[0], totalAudioEnergy: 0.02 + 0.0125, totalSamplesDuration: 7 }, { ...others[1], timestamp: 15_000, bytesSent: 55_000, bytesReceived: 110_000 }, ...others.slice(2));
  assert.deepEqual(summary(now, before), {
    received: 245, lost: 5, jitterMs: 4, bufferMs: 40, concealedMs: 50, roundTripMs: 21, sentKbps: 80, receivedKbps: 160, spoken: 5, heard: 40, pair: "tcp relay to host",
  });
});

test("what the browser does not say is nothing", () => {
  assert.equal(summary(entries(...others), new Map()), undefined);
  const bare = summary(entries({ id: "in", type: "inbound-rtp", kind: "audio" }), new Map());
  assert.deepEqual(Object.values(bare!).filter((value) => value !== 0), [undefined]);
});
