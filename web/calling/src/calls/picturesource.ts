// The stream that a call sends pictures of, from when the application gives it until it is let go.
import { localVideo, type LocalVideoStream } from "../media/localvideostream";
import type { LocalVideo, Use } from "../media/localvideo";

export interface PictureSourceOptions {
  /** It has other pictures now. */
  replaced(): void;
  /** The device is gone, or the browser ended the capture. */
  ended(): void;
  /** The system withholds the pictures (true), as in the background of a telephone, or gives them back. */
  withheld(withheld: boolean): void;
  /** The application needs the stream no longer. */
  disposed(): void;
}

export class PictureSource {
  private pictures?: MediaStream;
  private use?: Use;
  private over = false;
  private inner: LocalVideo;

  /** It throws where the stream is none. */
  constructor(readonly stream: LocalVideoStream, private options: PictureSourceOptions) {
    const { events, takers } = (this.inner = localVideo(stream));
    takers.add(this);
    events.on("replaced", this.replaced);
    events.on("ended", options.ended);
    events.on("withheld", options.withheld);
    events.on("disposed", options.disposed);
  }

  /** What is sent. */
  get track(): MediaStreamTrack | undefined {
    return this.pictures?.getVideoTracks()[0];
  }

  /** Opens the camera, if it is one. One that opens after it was let go is closed again. */
  async open(): Promise<void> {
    const use = await this.inner.use();
    if (this.over) return use.letGo();
    this.use = use;
    this.pictures = use.stream;
  }

  letGo(): void {
    if (this.over) return;
    this.over = true;
    const { events, takers } = this.inner;
    takers.delete(this);
    events.off("replaced", this.replaced);
    events.off("ended", this.options.ended);
    events.off("withheld", this.options.withheld);
    events.off("disposed", this.options.disposed);
    this.pictures = undefined;
    this.use?.letGo();
  }

  /** The application has stopped it. */
  release(): void {
    if (this.inner.takers.size === 0) this.inner.release();
  }

  /** The stream is needed no longer, unless another call sends it. */
  dispose(): void {
    if (this.inner.takers.size === 0) this.inner.dispose();
  }

  /** The call is over, which ends the stream unless the application keeps it. */
  autoDispose(): void {
    if (this.inner.autoDispose) this.dispose();
  }

  private readonly replaced = (pictures: MediaStream): void => {
    this.pictures = pictures;
    this.options.replaced();
  };
}
