// A view: an element of the page that shows pictures.
import { Emitter } from "../emitter";
import { failure } from "../errors";
import type { CreateViewOptions, ScalingMode, VideoStreamRendererView } from "../types";

/** `gone`: there will be none any more. */
export interface PicturesChange {
  pictures: void;
  gone: void;
}

/** Where the pictures of a view come from. */
export interface Shown {
  /** They may change: another camera, another place. */
  stream(): MediaStream;
  /** Another stream, or other pictures in it: what is seen until they come belongs to somebody else. */
  changes: Emitter<PicturesChange>;
  /** A picture of this size has been seen. */
  seen?(width: number, height: number): void;
}

const FIT: Record<ScalingMode, string> = { Stretch: "fill", Crop: "cover", Fit: "contain" };
/** How long a view waits for its first picture. */
const FIRST_FRAME_MS = 30_000;
/** Where a browser does not tell of frames: when old pictures are taken to be gone. */
const CHANGE_MS = 300;

export interface Shower {
  view: VideoStreamRendererView;
  /** Resolves with the first picture. */
  ready: Promise<void>;
}

/** Makes a view, which begins to play at once. */
export function makeView(shown: Shown, options: CreateViewOptions, removed: () => void): Shower {
  const target = document.createElement("div");
  const video = document.createElement("video");
  let scalingMode = options.scalingMode ?? "Stretch";
  const isMirrored = options.isMirrored ?? false;
  Object.assign(target.style, { width: "100%", height: "100%", position: "relative", overflow: "hidden" });
  Object.assign(video.style, { display: "block", width: "100%", height: "100%", objectFit: FIT[scalingMode], transform: isMirrored ? "scaleX(-1)" : "" });
  // As attributes too: pages look for them.
  for (const name of ["autoplay", "muted", "playsinline"]) video.setAttribute(name, "");
  video.muted = true;
  target.appendChild(video);
  const play = (): void => void video.play().catch(() => {});
  const first = firstFrame(video, shown);
  const replace = (): void => {
    if (video.srcObject !== shown.stream()) video.srcObject = shown.stream();
    hideUntilNew(video);
    play();
  };
  const gone = (): void => first.fail(failure(404, 43202, "the stream has ended"));
  shown.changes.on("pictures", replace);
  shown.changes.on("gone", gone);
  video.srcObject = shown.stream();
  play();
  let over = false;
  const view: VideoStreamRendererView = {
    target,
    get scalingMode() {
      return scalingMode;
    },
    isMirrored,
    updateScalingMode: async (mode) => {
      if (typeof FIT[mode] !== "string") throw failure(400, 0, `not a scaling mode: ${String(mode)}`);
      scalingMode = mode;
      video.style.objectFit = FIT[mode];
    },
    dispose: () => {
      if (over) return;
      over = true;
      shown.changes.off("pictures", replace);
      shown.changes.off("gone", gone);
      first.fail(failure(405, 43209, "the renderer was disposed of"));
      video.pause();
      video.srcObject = null;
      video.onresize = video.onloadeddata = null;
      // It stays where the page has put it, unseen: the page takes it away after this, as documented.
      target.replaceChildren();
      target.style.display = "none";
      removed();
    },
  };
  return { view, ready: first.done };
}

function firstFrame(video: HTMLVideoElement, shown: Shown): { done: Promise<void>; fail(error: Error): void } {
  let fail = (_: Error): void => {};
  const done = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(failure(408, 43203, "no pictures came in time")), FIRST_FRAME_MS);
    fail = (error) => {
      clearTimeout(timer);
      reject(error);
    };
    const look = (): void => {
      if (video.videoWidth === 0) return;
      shown.seen?.(video.videoWidth, video.videoHeight);
      clearTimeout(timer);
      resolve();
    };
    video.onloadeddata = video.onresize = look;
  });
  done.catch(() => {});
  return { done, fail };
}

type FrameCallback = (now: number, frame: { receiveTime?: number }) => void;

/** Nobody's last picture may be seen under another's name. */
function hideUntilNew(video: HTMLVideoElement): void {
  const since = performance.now();
  const show = (): void => void (video.style.opacity = "");
  const next = (video as { requestVideoFrameCallback?(callback: FrameCallback): number }).requestVideoFrameCallback?.bind(video);
  video.style.opacity = "0";
  if (!next) return void setTimeout(show, CHANGE_MS);
  const look: FrameCallback = (_now, frame) => (frame.receiveTime !== undefined && frame.receiveTime < since ? void next(look) : show());
  next(look);
}
