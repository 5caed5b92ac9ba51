// Shows a stream in elements of the page.
import { Emitter } from "../emitter";
import { failure } from "../errors";
import { findRemoteVideo, type RemoteVideo } from "../calls/remotevideo";
import type { CreateViewOptions, RemoteVideoStream, StreamSize, VideoStreamRendererView } from "../types";
import { findLocalVideo, type LocalVideoStream } from "./localvideostream";
import type { LocalVideo } from "./localvideo";
import { Sight } from "./sight";
import { makeView, type PicturesChange, type Shower } from "./view";

export interface VideoStreamRenderer {
  /** @deprecated the size is that of the stream */
  readonly size: StreamSize;
  createView(options?: CreateViewOptions): Promise<VideoStreamRendererView>;
  dispose(): void;
}

export class VideoStreamRenderer {
  constructor(videoStream: LocalVideoStream | RemoteVideoStream) {
    const remote = findRemoteVideo(videoStream);
    const local = findLocalVideo(videoStream);
    if (!remote && !local) throw failure(400, 41025, "not a video stream");
    const views = new Set<VideoStreamRendererView>();
    let over = false;
    Object.defineProperty(this, "size", { get: () => remote?.size ?? { width: 0, height: 0 }, enumerable: true });
    Object.assign(this, {
      createView: async (options: CreateViewOptions = {}) => {
        if (over) throw failure(405, 43209, "the renderer was disposed of");
        const removed = (): void => void views.delete(view);
        const { view, ready } = remote ? showRemote(remote, options, removed) : await showLocal(local!, options, removed);
        views.add(view);
        if (over) view.dispose();
        try {
          await ready;
          return view;
        } catch (error) {
          view.dispose();
          throw error;
        }
      },
      dispose: () => {
        if (over) throw failure(400, 43210, "the renderer was disposed of already");
        over = true;
        for (const view of [...views]) view.dispose();
      },
    });
  }
}

/** A view of somebody else is what asks for the stream, as large as it is seen. */
function showRemote(remote: RemoteVideo, options: CreateViewOptions, removed: () => void): Shower {
  const watch = remote.show();
  const made = makeView(remote, options, () => {
    sight.stop();
    watch.end();
    removed();
  });
  const sight = new Sight(made.view.target, () => watch.resize(sight.seen));
  watch.resize(sight.seen);
  made.ready.then(() => sight.begin(), () => {});
  return made;
}

async function showLocal(local: LocalVideo, options: CreateViewOptions, removed: () => void): Promise<Shower> {
  const use = await local.use();
  const changes = new Emitter<PicturesChange>();
  let stream = use.stream;
  const replaced = (next: MediaStream): void => {
    stream = next;
    changes.emit("pictures");
  };
  local.events.on("replaced", replaced);
  return makeView({ stream: () => stream, changes }, options, () => {
    local.events.off("replaced", replaced);
    use.letGo();
    removed();
  });
}
