// The camera, or the screen, of which an application makes what is sent. The application has
// read its stream and draws it, so the stream stays, while the camera is closed and opened again.
import type { VideoDeviceInfo } from "../types";
import { captureVideo } from "./capture";

export class RawCamera {
  private opening?: Promise<void>;

  /** `opened` hears of each track that is opened in the place of another. */
  constructor(private device: VideoDeviceInfo, readonly stream: MediaStream, private opened: (track: MediaStreamTrack) => void) {}

  get isOpen(): boolean {
    return this.stream.getVideoTracks().some((track) => track.readyState === "live" && !blanks.has(track));
  }

  /** Whether it can be opened again: what the user chose to share cannot. */
  get isClosed(): boolean {
    return this.device.deviceType !== "ScreenSharing" && !this.isOpen;
  }

  close(): void {
    if (this.isOpen) this.replace(blank());
  }

  /** Opens the camera in the same stream. */
  reopen(): Promise<void> {
    return (this.opening ??= captureVideo(this.device)
      .then((stream) => {
        const [track] = stream.getVideoTracks();
        this.replace(track);
        this.opened(track);
      })
      .finally(() => (this.opening = undefined)));
  }

  /** An element that plays the stream goes on with the new track. */
  private replace(by: MediaStreamTrack | undefined): void {
    const before = this.stream.getTracks();
    if (by) this.stream.addTrack(by);
    for (const track of before) {
      if (by) this.stream.removeTrack(track);
      track.stop();
    }
  }
}

/** Tracks that hold the place of a camera's. */
const blanks = new WeakSet<MediaStreamTrack>();

/** A picture without motion: an element whose stream has no track that lives has ended, and Firefox does not play it on. */
function blank(): MediaStreamTrack | undefined {
  const canvas = globalThis.document?.createElement("canvas");
  if (!canvas?.getContext("2d") || !canvas.captureStream) return undefined;
  const [track] = canvas.captureStream(0).getVideoTracks();
  blanks.add(track);
  return track;
}
