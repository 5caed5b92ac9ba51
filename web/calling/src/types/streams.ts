// Streams of sound and of pictures, and views that show them. The streams that applications
// construct are classes, declared in media/localaudiostream.ts and media/localvideostream.ts.
import type { AudioMediaStreamType, MediaStreamType, PropertyChangedEvent, ScalingMode } from "./values";

export interface StreamSize {
  readonly width: number;
  readonly height: number;
}
export interface LocalVideoStreamOptions {
  autoDisposeOnCallEnd?: boolean;
}
export interface LocalAudioStreamOptions {
  autoDisposeOnCallEnd?: boolean;
}
/** A loudness from 0 to 100. */
export interface Volume {
  readonly level: number;
  on(event: "levelChanged", listener: PropertyChangedEvent): void;
  off(event: "levelChanged", listener: PropertyChangedEvent): void;
}
export interface RemoteAudioStream {
  readonly mediaStreamType: AudioMediaStreamType;
  getMediaStream(): Promise<MediaStream>;
  getVolume(): Promise<Volume>;
}
export interface RemoteVideoStream {
  readonly id: number;
  readonly mediaStreamType: MediaStreamType;
  readonly isAvailable: boolean;
  readonly isReceiving: boolean;
  readonly size: StreamSize;
  getMediaStream(): Promise<MediaStream>;
  on(event: "isAvailableChanged" | "isReceivingChanged" | "sizeChanged", listener: PropertyChangedEvent): void;
  off(event: "isAvailableChanged" | "isReceivingChanged" | "sizeChanged", listener: PropertyChangedEvent): void;
}
export interface VideoStreamRendererView {
  readonly target: HTMLElement;
  readonly scalingMode: ScalingMode;
  readonly isMirrored: boolean;
  updateScalingMode(scalingMode: ScalingMode): Promise<void>;
  dispose(): void;
}
