// Measures of the media, from RTCPeerConnection.getStats.
import type { CallCore } from "../calls/call";
import { over } from "../calls/state";
import { Emitter } from "../emitter";
import { failure } from "../errors";
import { addPictures, bufferDelay, lostSince, type Places } from "./videostats";
import type { Made } from "./made";
import { summarise } from "./summary";
import type {
  IncomingAudioMediaStats,
  MediaStatsCallFeature,
  MediaStatsCollector,
  MediaStatsCollectorOptions,
  MediaStatsCommon,
  MediaStatsReportSample,
  MediaStatsReportSummary,
  OutgoingAudioMediaStats,
  TransportMediaStats,
} from "./types";

type Entry = Record<string, any>;
const SAMPLE_MS = 1_000;
/** The most seconds of a step, and the most steps, of a summary. */
const MOST = 3_600;

export function mediaStats(call: CallCore): Made<MediaStatsCallFeature> {
  const running = new Set<() => void>();
  call.inner.on("over", () => [...running].forEach((stop) => stop()));
  return {
    name: "MediaStats",
    createCollector: (options) => collector(call, options ?? {}, running),
  };
}

function collector(call: CallCore, options: MediaStatsCollectorOptions, running: Set<() => void>): MediaStatsCollector {
  const { aggregationInterval = 10, dataPointsPerAggregation = 6 } = options;
  for (const [name, value] of Object.entries({ aggregationInterval, dataPointsPerAggregation })) {
    if (!Number.isInteger(value) || value < 1 || value > MOST) throw failure(400, 0, `${name} is a number from 1 to ${MOST}`);
  }
  const events = new Emitter<{ sampleReported: MediaStatsReportSample; summaryReported: MediaStatsReportSummary }>();
  const places: Places = {
    stream: (entry) => {
      const mid = call.pictures.gallery.midOf(entry);
      const found = mid === undefined ? undefined : call.pictures.gallery.at(mid);
      return found && { id: found.facade.id, screen: found.kind === "screen" };
    },
    isScreen: (track) => track !== undefined && track === call.pictures.screen.track?.id,
  };
  let before = new Map<string, Entry>();
  let samples: MediaStatsReportSample[] = [];
  let stopped = over(call.state);
  const timer = setInterval(async () => {
    const report = await call.sound.peer?.stats();
    if (!report || stopped) return;
    const now = new Map<string, Entry>();
    report.forEach((entry: Entry) => now.set(entry.id, entry));
    const sample = read(now, before, places);
    before = now;
    samples.push(sample);
    events.emit("sampleReported", sample);
    if (samples.length < aggregationInterval * dataPointsPerAggregation) return;
    events.emit("summaryReported", summarise(samples, aggregationInterval, new Date()));
    samples = [];
  }, SAMPLE_MS);
  const stop = (): void => {
    stopped = true;
    clearInterval(timer);
    running.delete(stop);
  };
  running.add(stop);
  if (stopped) stop();
  return { dispose: stop, on: events.on as MediaStatsCollector["on"], off: events.off as MediaStatsCollector["off"] };
}

/** One report from the browser's entries, with rates against the report before. */
export function read(now: Map<string, Entry>, before: Map<string, Entry>, places: Places): MediaStatsReportSample {
  const sample: MediaStatsReportSample = { audio: { send: [], receive: [] }, video: { send: [], receive: [] }, screenShare: { send: [], receive: [] }, transports: [] };
  for (const entry of now.values()) {
    if (entry.kind === "audio" && entry.type === "outbound-rtp") sample.audio.send.push(sent(entry, now, before));
    if (entry.kind === "audio" && entry.type === "inbound-rtp") sample.audio.receive.push(received(entry, now, before));
    if (entry.type === "transport") sample.transports.push(transport(entry, now));
  }
  addPictures(sample, now, before, places, (entry, packets, bytes, old) => common(entry, now, before, packets, bytes, old?.packetsSent ?? old?.packetsReceived, old?.bytesSent ?? old?.bytesReceived));
  return sample;
}

function sent(entry: Entry, now: Map<string, Entry>, before: Map<string, Entry>): OutgoingAudioMediaStats {
  const remote = now.get(entry.remoteId) ?? {};
  const source = now.get(entry.mediaSourceId) ?? {};
  return {
    ...common(entry, now, before, entry.packetsSent, entry.bytesSent, before.get(entry.id)?.packetsSent, before.get(entry.id)?.bytesSent),
    jitterInMs: ms(remote.jitter),
    packetsLost: remote.packetsLost,
    packetsLostPerSecond: lostSince(remote, before.get(entry.remoteId)),
    rttInMs: ms(remote.roundTripTime),
    audioInputLevel: level(source.audioLevel),
  };
}

function received(entry: Entry, now: Map<string, Entry>, before: Map<string, Entry>): IncomingAudioMediaStats {
  const old = before.get(entry.id) ?? {};
  const samples = entry.totalSamplesReceived - (old.totalSamplesReceived ?? 0);
  return {
    ...common(entry, now, before, entry.packetsReceived, entry.bytesReceived, old.packetsReceived, old.bytesReceived),
    jitterInMs: ms(entry.jitter),
    packetsLost: entry.packetsLost,
    packetsLostPerSecond: lostSince(entry, old),
    audioOutputLevel: level(entry.audioLevel),
    jitterBufferDelayInMs: bufferDelay(entry, old),
    healedRatio: samples > 0 ? (healed(entry) - healed(old)) / samples : undefined,
  };
}

/** What was made up for sound that was lost, and not for silence. */
function healed(entry: Entry): number {
  return (entry.concealedSamples ?? 0) - (entry.silentConcealedSamples ?? 0);
}

function common(entry: Entry, now: Map<string, Entry>, before: Map<string, Entry>, packets: number, bytes: number, oldPackets?: number, oldBytes?: number): MediaStatsCommon {
  const old = before.get(entry.id);
  const seconds = old ? (entry.timestamp - old.timestamp) / 1000 : 0;
  const rate = (value: number, from: number | undefined): number | undefined => (seconds > 0 ? Math.max(0, (value - (from ?? 0)) / seconds) : undefined);
  return {
    id: String(entry.ssrc ?? entry.id),
    codecName: now.get(entry.codecId)?.mimeType?.split("/")[1],
    bitrate: Math.round(8 * (rate(bytes, oldBytes) ?? 0)),
    packets,
    packetsPerSecond: Math.round(rate(packets, oldPackets) ?? 0),
    transportId: entry.transportId,
    rttInMs: ms(pairOf(now.get(entry.transportId), now).currentRoundTripTime),
  };
}

function transport(entry: Entry, now: Map<string, Entry>): TransportMediaStats {
  const pair = pairOf(entry, now);
  return { id: entry.id, rttInMs: ms(pair.currentRoundTripTime), availableIncomingBitrate: pair.availableIncomingBitrate, availableOutgoingBitrate: pair.availableOutgoingBitrate };
}

function pairOf(transport: Entry | undefined, now: Map<string, Entry>): Entry {
  return now.get(transport?.selectedCandidatePairId) ?? {};
}

function ms(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(1000 * seconds);
}

/** The browser's level is 0 to 1; ours are 0 to 65536, as the documented collector's. */
function level(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(65_536 * value);
}
