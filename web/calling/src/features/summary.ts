// Samples of a while, as one report.
import type { MediaStatsAggregation, MediaStatsReportSample, MediaStatsReportSummary } from "./types";

type Entry = Record<string, any>;

/** Summarises samples, of which one was taken each second: what the last one has; each stream's own values, though others come and go beside it. */
export function summarise(samples: MediaStatsReportSample[], interval: number, at: Date): MediaStatsReportSummary {
  const series = (last: Entry, of: (Entry | undefined)[]): Entry => {
    const item: Entry = { id: last.id };
    for (const measure of Object.keys(last)) {
      if (measure === "id") continue;
      if (measure === "altLayouts") item.altLayouts = all(last.altLayouts, of.map((one) => one?.altLayouts ?? []));
      else item[measure] = value(of.map((one) => one?.[measure]), interval, at);
    }
    return item;
  };
  const all = (last: Entry[], of: Entry[][]): Entry[] => last.map((one) => series(one, of.map((list) => list.find(({ id }) => id === one.id))));
  const part = (pick: (sample: MediaStatsReportSample) => Entry[]): any => all(pick(samples[samples.length - 1]), samples.map(pick));
  return {
    audio: { send: part((s) => s.audio.send), receive: part((s) => s.audio.receive) },
    video: { send: part((s) => s.video.send), receive: part((s) => s.video.receive) },
    screenShare: { send: part((s) => s.screenShare.send), receive: part((s) => s.screenShare.receive) },
    transports: part((s) => s.transports),
  };
}

function value(raw: unknown[], interval: number, timestamp: Date): { raw: unknown[]; timestamp: Date; aggregation?: MediaStatsAggregation } {
  return { raw, timestamp, aggregation: aggregate(raw, interval) };
}

function aggregate(raw: unknown[], interval: number): MediaStatsAggregation | undefined {
  if (!raw.some((value) => typeof value === "number")) return undefined;
  const result = { count: [] as number[], sum: [] as number[], min: [] as number[], max: [] as number[] };
  for (let i = 0; i < raw.length; i += interval) {
    const part = raw.slice(i, i + interval).filter((value): value is number => typeof value === "number");
    result.count.push(part.length);
    result.sum.push(part.reduce((a, b) => a + b, 0));
    result.min.push(part.length ? Math.min(...part) : 0);
    result.max.push(part.length ? Math.max(...part) : 0);
  }
  return result;
}
