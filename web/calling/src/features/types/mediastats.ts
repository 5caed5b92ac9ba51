// What is measured of the media of a call: types. A sample has numbers and texts; a summary
// has series of them.
import type { CallFeature } from "../feature";

export interface MediaStatsCollectorOptions {
  /** Seconds of a summary's step; 10 if absent. */
  aggregationInterval?: number;
  /** Steps of a summary; 6 if absent. */
  dataPointsPerAggregation?: number;
}
export interface MediaStatsCommon<Count = number, Text = string> {
  id: string;
  codecName?: Text;
  bitrate?: Count;
  jitterInMs?: Count;
  packets?: Count;
  packetsPerSecond?: Count;
  packetsLost?: Count;
  packetsLostPerSecond?: Count;
  rttInMs?: Count;
  transportId?: Text;
}
export interface OutgoingAudioMediaStats<Count = number, Text = string> extends MediaStatsCommon<Count, Text> {
  audioInputLevel?: Count;
}
export interface IncomingAudioMediaStats<Count = number, Text = string> extends MediaStatsCommon<Count, Text> {
  audioOutputLevel?: Count;
  jitterBufferDelayInMs?: Count;
  healedRatio?: Count;
}
export interface OutgoingVideoMediaStats<Count = number, Text = string> extends MediaStatsCommon<Count, Text> {
  frameWidthInput?: Count;
  frameHeightInput?: Count;
  frameRateInput?: Count;
  frameWidthSent?: Count;
  frameHeightSent?: Count;
  frameRateSent?: Count;
  frameRateEncoded?: Count;
  framesEncoded?: Count;
  framesSent?: Count;
  keyFramesEncoded?: Count;
  /** What the browser says that keeps the picture small. */
  qualityLimitationReason?: Text;
  /** The smaller pictures of the same stream. */
  altLayouts?: OutgoingVideoMediaStats<Count, Text>[];
}
export interface IncomingVideoMediaStats<Count = number, Text = string> extends MediaStatsCommon<Count, Text> {
  /** The id of the RemoteVideoStream. */
  streamId?: Count;
  jitterBufferDelayInMs?: Count;
  frameWidthReceived?: Count;
  frameHeightReceived?: Count;
  frameRateReceived?: Count;
  frameRateDecoded?: Count;
  framesReceived?: Count;
  framesDecoded?: Count;
  framesDropped?: Count;
  keyFramesDecoded?: Count;
  longestFreezeDurationInMs?: Count;
  totalFreezeDurationInMs?: Count;
}
export type OutgoingScreenShareMediaStats<Count = number, Text = string> = OutgoingVideoMediaStats<Count, Text>;
export type IncomingScreenShareMediaStats<Count = number, Text = string> = IncomingVideoMediaStats<Count, Text>;
export interface TransportMediaStats<Count = number> {
  id: string;
  rttInMs?: Count;
  availableIncomingBitrate?: Count;
  availableOutgoingBitrate?: Count;
}
interface MediaStatsReport<Count, Text> {
  audio: { send: OutgoingAudioMediaStats<Count, Text>[]; receive: IncomingAudioMediaStats<Count, Text>[] };
  video: { send: OutgoingVideoMediaStats<Count, Text>[]; receive: IncomingVideoMediaStats<Count, Text>[] };
  screenShare: { send: OutgoingScreenShareMediaStats<Count, Text>[]; receive: IncomingScreenShareMediaStats<Count, Text>[] };
  transports: TransportMediaStats<Count>[];
}
export interface MediaStatsReportSample extends MediaStatsReport<number, string> {}
export interface MediaStatsAggregation {
  count: number[];
  sum: number[];
  min: number[];
  max: number[];
}
export interface MediaStatValue<T = unknown> {
  raw: T[];
  /** When the last of them was measured; one is measured each second. */
  timestamp: Date;
  /** Of numbers. */
  aggregation?: MediaStatsAggregation;
}
export interface MediaStatsReportSummary extends MediaStatsReport<MediaStatValue<number>, MediaStatValue<string>> {}
export interface MediaStatsCollector {
  dispose(): void;
  on(event: "sampleReported", listener: (args: MediaStatsReportSample) => void): void;
  on(event: "summaryReported", listener: (args: MediaStatsReportSummary) => void): void;
  off(event: "sampleReported", listener: (args: MediaStatsReportSample) => void): void;
  off(event: "summaryReported", listener: (args: MediaStatsReportSummary) => void): void;
}
export interface MediaStatsCallFeature extends CallFeature {
  createCollector(options?: MediaStatsCollectorOptions): MediaStatsCollector;
}
