// A camera, a screen, or a stream of the application, as pictures. A camera is open
// while somebody uses it: a call that sends it, a view that shows it.
import { Emitter } from "../emitter";
import { failure } from "../errors";
import { videoEffects } from "../features/effects";
import type { LocalVideoStreamOptions, MediaStreamType, StreamFeature, StreamFeatureFactory, VideoDeviceInfo } from "../types";
import type { LocalVideo } from "./localvideo";
import { isStream, shownVideo } from "./source";
import { Capture } from "./videocapture";

/** Wrappers of a stream pass this member on; a map by identity would not know them. */
const INNER = Symbol("inner");

/** The inner side of a stream that an application made. */
export function localVideo(stream: LocalVideoStream): LocalVideo {
  const found = findLocalVideo(stream);
  if (!found) throw failure(400, 41025, "not a LocalVideoStream");
  return found;
}

export function findLocalVideo(stream: unknown): LocalVideo | undefined {
  return (stream as { [INNER]?: LocalVideo } | undefined)?.[INNER];
}

export interface LocalVideoStream {
  readonly source: VideoDeviceInfo;
  readonly mediaStreamType: MediaStreamType;
  switchSource(videoDeviceInfo: VideoDeviceInfo): Promise<void>;
  getMediaStream(): Promise<MediaStream>;
  setMediaStream(mediaStream: MediaStream): Promise<void>;
  dispose(): void;
  feature<T extends StreamFeature>(factory: StreamFeatureFactory<T>): T;
  on(event: "videoSourceChanged", listener: (args: { source: LocalVideoStream }) => void): void;
  off(event: "videoSourceChanged", listener: (args: { source: LocalVideoStream }) => void): void;
}

export class LocalVideoStream {
  constructor(videoSource: VideoDeviceInfo | MediaStream, options?: LocalVideoStreamOptions) {
    const events = new Emitter<{ videoSourceChanged: { source: LocalVideoStream } }>();
    const capture = new Capture(videoSource, options?.autoDisposeOnCallEnd ?? true, () => events.emit("videoSourceChanged", { source: this }));
    const effects = videoEffects();
    Object.defineProperty(this, INNER, { value: capture });
    Object.defineProperty(this, "source", { get: () => shownVideo(capture.source), enumerable: true });
    Object.defineProperty(this, "mediaStreamType", { get: () => capture.kind, enumerable: true });
    Object.assign(this, {
      getMediaStream: () => capture.read(),
      setMediaStream: async (to: MediaStream) => {
        if (!isStream(to) || to.getVideoTracks().length === 0) throw failure(400, 43004, "not a MediaStream with pictures");
        await capture.change(to);
      },
      switchSource: async (to: VideoDeviceInfo) => {
        if (!to || typeof to.id !== "string") throw failure(400, 43004, "not a camera");
        if (!isStream(capture.source) && capture.source?.id === to.id) throw failure(400, 43005, "the stream has this camera already");
        await capture.change(to);
      },
      dispose: () => capture.dispose(),
      feature: (factory: StreamFeatureFactory<StreamFeature>) => (factory.featureName === "VideoEffects" ? effects : { name: factory.featureName, dispose: () => {} }),
      on: events.on,
      off: events.off,
    });
  }
}

/** A stream of what the user chose to share. */
export function screenStream(stream: MediaStream): LocalVideoStream {
  const made = new LocalVideoStream(stream);
  const source: VideoDeviceInfo = { id: `screen:${stream.id}`, name: stream.getVideoTracks()[0]?.label ?? "", deviceType: "ScreenSharing" };
  const inner = localVideo(made) as Capture;
  // As of a device: it is ours to stop.
  inner.source = source;
  inner.kind = "ScreenSharing";
  return made;
}
