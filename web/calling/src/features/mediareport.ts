// What the browser measures of a call's media, told to the server every few seconds, if
// it wants to know (limits.reportMs of welcome) and the application does not object
// (reportMedia of CallClientOptions).
import type { CallCore } from "../calls/call";
import type { MediaReport } from "../protocol";

type Entry = Record<string, any>;
type Entries = Map<string, Entry>;

export type Report = Omit<MediaReport, "t" | "id" | "ack" | "call">;

/** Reports from the moment when the call is connected, until it is over. */
export function beginReports(call: CallCore): void {
  let timer: ReturnType<typeof setInterval> | undefined;
  let before: Entries = new Map();
  let busy = false;
  const report = async (): Promise<void> => {
    if (busy || call.context.session.state !== "live") return; // what was measured while away is told with the next one
    busy = true;
    try {
      const stats = await call.sound.peer?.stats();
      if (!stats) return;
      const now: Entries = new Map();
      stats.forEach((entry: Entry) => now.set(entry.id, entry));
      const made = summary(now, before);
      before = now;
      if (made) await call.ask("media.report", made);
    } catch (error) {
      call.context.log(`media report: ${error}`);
    } finally {
      busy = false;
    }
  };
  call.events.on("stateChanged", () => {
    const every = call.context.session.welcome?.limits?.reportMs;
    if (call.state === "Connected" && !timer && every > 0 && call.context.reportMedia) timer = setInterval(report, Math.max(1_000, every));
  });
  call.inner.on("over", () => clearInterval(timer));
}

/** What has changed between two lists of the browser's entries; nothing without sound. */
export function summary(now: Entries, before: Entries): Report | undefined {
  const all = [...now.values()];
  const inbound = all.find((one) => one.type === "inbound-rtp" && one.kind === "audio");
  if (!inbound) return undefined;
  const source = all.find((one) => one.type === "media-source" && one.kind === "audio");
  const transport = all.find((one) => one.type === "transport");
  const pair = now.get(transport?.selectedCandidatePairId);
  // Firefox counts the bytes of the pair alone.
  const counted = transport?.bytesSent === undefined ? pair : transport;
  const since = (entry: Entry | undefined, name: string): number => Math.max(0, (entry?.[name] ?? 0) - (before.get(entry?.id)?.[name] ?? 0));
  const seconds = transport ? Math.max(0.001, (transport.timestamp - (before.get(transport.id)?.timestamp ?? transport.timestamp - 5_000)) / 1000) : 5;
  const samples = since(inbound, "totalSamplesReceived");
  const emitted = since(inbound, "jitterBufferEmittedCount");
  const length = since(inbound, "totalSamplesDuration");
  const kinds = [now.get(pair?.localCandidateId), now.get(pair?.remoteCandidateId)];
  return {
    received: since(inbound, "packetsReceived"),
    lost: since(inbound, "packetsLost"),
    jitterMs: whole(1000 * (inbound.jitter ?? 0)),
    bufferMs: emitted ? whole((1000 * since(inbound, "jitterBufferDelay")) / emitted) : 0,
    concealedMs: samples ? whole((1000 * length * since(inbound, "concealedSamples")) / samples) : 0,
    roundTripMs: whole(1000 * (pair?.currentRoundTripTime ?? 0)),
    sentKbps: whole((8 * since(counted, "bytesSent")) / 1000 / seconds),
    receivedKbps: whole((8 * since(counted, "bytesReceived")) / 1000 / seconds),
    spoken: level(since(source, "totalAudioEnergy"), since(source, "totalSamplesDuration")),
    heard: level(since(inbound, "totalAudioEnergy"), length),
    pair: kinds[0] && kinds[1] ? `${kinds[0].relayProtocol ?? kinds[0].protocol} ${kinds[0].candidateType} to ${kinds[1].candidateType}`.slice(0, 64) : undefined,
  };
}

const whole = (value: number): number => Math.round(Number.isFinite(value) ? value : 0);

/** The level of so much energy in so many seconds (W3C webrtc-stats, totalAudioEnergy), 0 to 100. */
const level = (energy: number, seconds: number): number => (seconds > 0 ? Math.min(100, whole(100 * Math.sqrt(energy / seconds))) : 0);
