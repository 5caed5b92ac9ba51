// Measures of pictures, from the browser's entries.
import type { IncomingVideoMediaStats, MediaStatsCommon, MediaStatsReportSample, OutgoingVideoMediaStats } from "./types";

type Entry = Record<string, any>;

/** What the entries of a stream have in common with those of sound. */
export type Common = (entry: Entry, packets: number, bytes: number, old: Entry | undefined) => MediaStatsCommon;

/** Where pictures belong: which track is the screen of this client, and what the places of others are, as the server says it. */
export interface Places {
  stream(entry: Entry): { id: number; screen: boolean } | undefined;
  isScreen(track: string | undefined): boolean;
}

/** The line of the screen. Firefox names no lines: there the track tells. */
const SCREEN_MID = "2";

/** Adds what is sent and received of pictures to a report. */
export function addPictures(sample: MediaStatsReportSample, now: Map<string, Entry>, before: Map<string, Entry>, places: Places, common: Common): void {
  const sending = new Map<string | undefined, OutgoingVideoMediaStats[]>();
  for (const entry of now.values()) {
    if (entry.kind !== "video") continue;
    // Firefox sends packets without pictures before there is a track.
    if (entry.type === "outbound-rtp" && entry.packetsSent > 0 && entry.framesSent !== 0) {
      const item = sent(entry, now, before, common);
      const line: string | undefined = entry.mid ?? now.get(entry.mediaSourceId)?.trackIdentifier;
      sending.set(line, [...(sending.get(line) ?? []), item]);
    }
    if (entry.type === "inbound-rtp") {
      const place = places.stream(entry);
      if (place) (place.screen ? sample.screenShare : sample.video).receive.push({ ...received(entry, before.get(entry.id), common), streamId: place.id });
    }
  }
  // The largest picture stands for the stream; the others are its other layers.
  for (const [line, items] of sending) {
    const [top, ...rest] = items.sort((a, b) => (b.frameHeightSent ?? 0) - (a.frameHeightSent ?? 0));
    (line === SCREEN_MID || places.isScreen(line) ? sample.screenShare : sample.video).send.push({ ...top, altLayouts: rest });
  }
}

function sent(entry: Entry, now: Map<string, Entry>, before: Map<string, Entry>, common: Common): OutgoingVideoMediaStats {
  const old = before.get(entry.id);
  const remote = now.get(entry.remoteId) ?? {};
  const source = now.get(entry.mediaSourceId) ?? {};
  return {
    ...common(entry, entry.packetsSent, entry.bytesSent, old),
    jitterInMs: ms(remote.jitter),
    packetsLost: remote.packetsLost,
    packetsLostPerSecond: lostSince(remote, before.get(entry.remoteId)),
    rttInMs: ms(remote.roundTripTime),
    frameWidthInput: source.width,
    frameHeightInput: source.height,
    frameRateInput: source.framesPerSecond,
    frameWidthSent: entry.frameWidth,
    frameHeightSent: entry.frameHeight,
    frameRateSent: entry.framesPerSecond,
    frameRateEncoded: perSecond(entry, old, "framesEncoded"),
    framesEncoded: entry.framesEncoded,
    framesSent: entry.framesSent,
    keyFramesEncoded: entry.keyFramesEncoded,
    qualityLimitationReason: entry.qualityLimitationReason,
  };
}

function received(entry: Entry, old: Entry | undefined, common: Common): IncomingVideoMediaStats {
  return {
    ...common(entry, entry.packetsReceived, entry.bytesReceived, old),
    jitterInMs: ms(entry.jitter),
    packetsLost: entry.packetsLost,
    packetsLostPerSecond: lostSince(entry, old),
    jitterBufferDelayInMs: bufferDelay(entry, old),
    frameWidthReceived: entry.frameWidth,
    frameHeightReceived: entry.frameHeight,
    frameRateReceived: perSecond(entry, old, "framesReceived"),
    frameRateDecoded: perSecond(entry, old, "framesDecoded"),
    framesReceived: entry.framesReceived,
    framesDecoded: entry.framesDecoded,
    framesDropped: entry.framesDropped,
    keyFramesDecoded: entry.keyFramesDecoded,
    longestFreezeDurationInMs: ms(longest(entry, old)),
    totalFreezeDurationInMs: ms(entry.totalFreezesDuration),
  };
}

/** What was lost since the report a second before, if there was one. Packets that come late after all lower the browser's count. */
export function lostSince(entry: Entry, old: Entry | undefined): number {
  const lost: number = entry.packetsLost ?? 0;
  return Math.max(0, lost - (old?.packetsLost ?? lost));
}

/** How long what was played since the last report had waited for it. */
export function bufferDelay(entry: Entry, old: Entry | undefined): number | undefined {
  const emitted = entry.jitterBufferEmittedCount - (old?.jitterBufferEmittedCount ?? 0);
  return emitted > 0 ? Math.round((1000 * (entry.jitterBufferDelay - (old?.jitterBufferDelay ?? 0))) / emitted) : undefined;
}

/** The browser has the sum of freezes alone: what was added since the last report is at most one of them, or a few short ones. */
function longest(entry: Entry, old: Entry | undefined): number | undefined {
  if (entry.totalFreezesDuration === undefined) return undefined;
  const added = entry.totalFreezesDuration - (old?.totalFreezesDuration ?? 0);
  return Math.max(0, added / Math.max(1, (entry.freezeCount ?? 0) - (old?.freezeCount ?? 0)));
}

function perSecond(entry: Entry, old: Entry | undefined, counter: string): number | undefined {
  const seconds = old ? (entry.timestamp - old.timestamp) / 1000 : 0;
  return seconds > 0 ? Math.round(Math.max(0, (entry[counter] - (old?.[counter] ?? 0)) / seconds)) : undefined;
}

function ms(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(1000 * seconds);
}
