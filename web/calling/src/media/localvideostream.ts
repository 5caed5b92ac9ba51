// A camera, or a stream of the application, as pictures.
import { Emitter } from "../emitter";
import { coded, failure } from "../errors";
import { videoEffects } from "../features/effects";
import type { LocalVideoStreamOptions, MediaStreamType, StreamFeature, StreamFeatureFactory, VideoDeviceInfo } from "../types";
import { browserId } from "./devices";

export interface LocalVideoStream {
  readonly source: VideoDeviceInfo;
  readonly mediaStreamType: MediaStreamType;
  switchSource(videoDeviceInfo: VideoDeviceInfo): Promise<void>;
  getMediaStream(): Promise<MediaStream>;
  setMediaStream(mediaStream: MediaStream): Promise<void>;
  dispose(): void;
  feature<T extends StreamFeature>(factory: StreamFeatureFactory<T>): T;
  on(event: "videoSourceChanged", listener: (args: { source: VideoDeviceInfo }) => void): void;
  off(event: "videoSourceChanged", listener: (args: { source: VideoDeviceInfo }) => void): void;
}

export class LocalVideoStream {
  constructor(videoSource: VideoDeviceInfo | MediaStream, _options?: LocalVideoStreamOptions) {
    const events = new Emitter<{ videoSourceChanged: { source: VideoDeviceInfo } }>();
    let source = videoSource;
    let current: MediaStream | undefined = isStream(source) ? source : undefined;
    let pending: Promise<MediaStream> | undefined;
    const stream = (): Promise<MediaStream> => {
      if (current) return Promise.resolve(current);
      return (pending ??= captureVideo(source as VideoDeviceInfo)
        .then((opened) => (current = opened))
        .finally(() => (pending = undefined)));
    };
    const change = (to: VideoDeviceInfo | MediaStream): void => {
      if (!isStream(source)) current?.getTracks().forEach((track) => track.stop());
      source = to;
      current = isStream(to) ? to : undefined;
      events.emit("videoSourceChanged", { source: source as VideoDeviceInfo });
    };
    const effects = videoEffects();
    Object.defineProperty(this, "source", { get: () => source, enumerable: true });
    Object.assign(this, {
      mediaStreamType: isStream(videoSource) ? "RawMedia" : "Video",
      getMediaStream: stream,
      setMediaStream: async (to: MediaStream) => {
        if (!isStream(to)) throw failure(400, 43004, "not a MediaStream");
        change(to);
      },
      switchSource: async (to: VideoDeviceInfo) => {
        if (!to || typeof to.id !== "string") throw failure(400, 43004, "not a camera");
        if (!isStream(source) && source.id === to.id) throw failure(400, 43005, "the stream has this camera already");
        change(to);
      },
      dispose: () => {
        if (!isStream(source)) current?.getTracks().forEach((track) => track.stop());
        current = undefined;
      },
      feature: (factory: StreamFeatureFactory<StreamFeature>) => (factory.featureName === "VideoEffects" ? effects : { name: factory.featureName }),
      on: events.on,
      off: events.off,
    });
  }
}

async function captureVideo(device: VideoDeviceInfo): Promise<MediaStream> {
  const media = globalThis.navigator?.mediaDevices;
  if (!media?.getUserMedia) throw failure(412, 43013, "this page has no access to devices: it must come over HTTPS or from localhost");
  try {
    return await media.getUserMedia({ video: { deviceId: { exact: browserId(device.id) }, width: { ideal: 1280 }, height: { ideal: 720 } } });
  } catch (error) {
    switch ((error as DOMException)?.name) {
      case "NotAllowedError":
        throw failure(403, 43001, "the camera was not permitted");
      case "NotReadableError":
        throw failure(412, 43000, "the camera is in use");
      case "NotFoundError":
      case "OverconstrainedError":
        throw failure(412, 43013, "there is no such camera");
    }
    throw coded(error, 412, 43013);
  }
}

function isStream(source: unknown): source is MediaStream {
  return typeof MediaStream !== "undefined" && source instanceof MediaStream;
}
