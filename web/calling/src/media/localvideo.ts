// A stream of pictures that an application made, from the inside.
import type { Emitter } from "../emitter";
import type { MediaStreamType } from "../types";

/** What the package keeps of a stream; by its public object. */
export interface LocalVideo {
  kind: MediaStreamType;
  autoDispose: boolean;
  events: Emitter<LocalVideoEvents>;
  /** The calls that send it. */
  takers: Set<object>;
  /** Opens the camera if nobody has. */
  use(): Promise<Use>;
  /** The pictures as they are now. */
  stream(): Promise<MediaStream>;
  /** The application has stopped the sending of it: what it has read of it is needed no longer. */
  release(): void;
  dispose(): void;
}

/** The pictures, for one who sends or shows them. */
export interface Use {
  stream: MediaStream;
  letGo(): void;
}

export interface LocalVideoEvents {
  /** There are other pictures now: another camera, or another stream. */
  replaced: MediaStream;
  /** The device is gone, or the browser ended the capture. */
  ended: void;
  /** The system withholds the pictures (true), or gives them back. */
  withheld: boolean;
  /** The application needs the stream no longer. */
  disposed: void;
}
