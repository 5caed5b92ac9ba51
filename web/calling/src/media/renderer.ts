// Shows pictures in elements of the page.
import { failure } from "../errors";
import type { CreateViewOptions, RemoteVideoStream, ScalingMode, StreamSize, VideoStreamRendererView } from "../types";
import type { LocalVideoStream } from "./localvideostream";

const FIT: Record<ScalingMode, string> = { Stretch: "fill", Crop: "cover", Fit: "contain" };
/** How long a view waits for its first picture. */
const FIRST_FRAME_MS = 15_000;

export interface VideoStreamRenderer {
  /** @deprecated the size is that of the stream */
  readonly size: StreamSize;
  createView(options?: CreateViewOptions): Promise<VideoStreamRendererView>;
  dispose(): void;
}

export class VideoStreamRenderer {
  constructor(videoStream: LocalVideoStream | RemoteVideoStream) {
    if (typeof videoStream?.getMediaStream !== "function") throw failure(400, 41025, "not a video stream");
    const views = new Set<VideoStreamRendererView>();
    let over = false;
    Object.defineProperty(this, "size", { get: () => (videoStream as RemoteVideoStream).size ?? { width: 0, height: 0 }, enumerable: true });
    Object.assign(this, {
      createView: async (options?: CreateViewOptions) => {
        if (over) throw failure(405, 43209, "the renderer was disposed of");
        if ((videoStream as RemoteVideoStream).isAvailable === false) throw failure(412, 43200, "the stream is not available");
        const view = await show(await videoStream.getMediaStream(), options ?? {}, () => views.delete(view));
        if (over) {
          view.dispose();
          throw failure(405, 43209, "the renderer was disposed of");
        }
        views.add(view);
        return view;
      },
      dispose: () => {
        if (over) throw failure(400, 43210, "the renderer was disposed of already");
        over = true;
        for (const view of [...views]) view.dispose();
      },
    });
  }
}

async function show(stream: MediaStream, options: CreateViewOptions, removed: () => void): Promise<VideoStreamRendererView> {
  const target = document.createElement("div");
  const video = document.createElement("video");
  let scalingMode = options.scalingMode ?? "Stretch";
  const isMirrored = options.isMirrored ?? false;
  Object.assign(target.style, { width: "100%", height: "100%", position: "relative", overflow: "hidden" });
  Object.assign(video.style, { width: "100%", height: "100%", objectFit: FIT[scalingMode], transform: isMirrored ? "scaleX(-1)" : "" });
  video.autoplay = video.muted = video.playsInline = true;
  video.srcObject = stream;
  target.appendChild(video);
  const clean = (): void => {
    video.pause();
    video.srcObject = null;
    target.remove();
  };
  try {
    await firstFrame(video);
  } catch (error) {
    clean();
    throw error;
  }
  return {
    target,
    get scalingMode() {
      return scalingMode;
    },
    isMirrored,
    updateScalingMode: async (mode) => {
      scalingMode = mode;
      video.style.objectFit = FIT[mode];
    },
    dispose: () => {
      clean();
      removed();
    },
  };
}

function firstFrame(video: HTMLVideoElement): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(failure(408, 43203, "no pictures came in time")), FIRST_FRAME_MS);
    video.onloadeddata = () => {
      clearTimeout(timer);
      resolve();
    };
    void video.play().catch(() => {});
  });
}
