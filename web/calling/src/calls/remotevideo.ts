// Pictures of somebody else: a camera, or a screen.
//
//   available ⇄ not available     the sender has it on
//   receiving ⇄ not receiving     pictures come here
import { Emitter } from "../emitter";
import { failure } from "../errors";
import type { Seen } from "../media/sight";
import type { PicturesChange } from "../media/view";
import type { RemoteVideoStream, StreamSize } from "../types";

export type StreamKind = "camera" | "screen";

/** What is asked for a stream that an application reads itself. */
const READ: Seen = { width: 1280, height: 720 };
/** How long who reads a stream waits for it. */
const PLACE_MS = 30_000;
/** Views of one stream; more of them are a fault of the application. */
const MAX_VIEWS = 32;

/** Wrappers of a stream pass this member on; a map by identity would not know them. */
const INNER = Symbol("inner");

export function findRemoteVideo(stream: unknown): RemoteVideo | undefined {
  return (stream as { [INNER]?: RemoteVideo } | undefined)?.[INNER];
}

function ended(): Error {
  return failure(404, 43202, "the stream has ended");
}

interface Events {
  isAvailableChanged: void;
  isReceivingChanged: void;
  sizeChanged: void;
}

/** A view that is open. */
export interface Watch {
  resize(seen: Seen): void;
  end(): void;
}

export class RemoteVideo {
  readonly facade: RemoteVideoStream;
  readonly changes = new Emitter<PicturesChange>();
  available = true;
  size: StreamSize = { width: 0, height: 0 };
  private gone = false;
  private receiving = false;
  private events = new Emitter<Events>();
  private watches = new Map<object, Seen>();
  private pictures?: MediaStream;

  /** `id` is the server's number of the stream; `shown` is what applications see: it never changes. `wanted` hears when another size is wanted, or none any more. */
  constructor(public id: number, readonly kind: StreamKind, private wanted: () => void, shown = id) {
    this.facade = this.makeFacade(shown);
  }

  /** The largest of its views; undefined if there is none. */
  get want(): Seen | undefined {
    if (!this.available || this.watches.size === 0) return undefined;
    const all = [...this.watches.values()];
    return { width: Math.max(...all.map((seen) => seen.width)), height: Math.max(...all.map((seen) => seen.height)) };
  }

  /** A view opens. */
  show(): Watch {
    if (this.gone) throw ended();
    if (!this.available) throw failure(412, 43200, "the stream is not available");
    if (this.watches.size >= MAX_VIEWS) throw failure(400, 43220, "the stream has too many views");
    const key = {};
    return {
      resize: (seen) => {
        this.watches.set(key, seen);
        this.wanted();
      },
      end: () => {
        this.watches.delete(key);
        this.wanted();
      },
    };
  }

  /** The stream that the elements play. It stays the same; what is in it changes. */
  stream(): MediaStream {
    return (this.pictures ??= new MediaStream());
  }

  /** Waits until there is a track: pages take it from the stream at once, and a stream that is off has none. */
  private placed(): Promise<void> {
    if (!this.available || this.stream().getVideoTracks().length > 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const settle = (settled: () => void) => (): void => {
        clearTimeout(timer);
        this.changes.off("pictures", came);
        this.changes.off("gone", gone);
        settled();
      };
      const came = settle(resolve);
      const gone = settle(() => reject(ended()));
      const timer = setTimeout(settle(() => reject(failure(408, 43203, "no pictures came in time"))), PLACE_MS);
      this.changes.on("pictures", came);
      this.changes.on("gone", gone);
    });
  }

  /** The pictures come in this track from now on; undefined: no longer. */
  place(track: MediaStreamTrack | undefined): void {
    if (!track && !this.pictures) return;
    const stream = this.stream();
    const before = stream.getVideoTracks()[0];
    if (before === track) return;
    if (before) stream.removeTrack(before);
    if (!track) return this.receive(false);
    stream.addTrack(track);
    this.changes.emit("pictures");
  }

  setAvailable(available: boolean): void {
    if (available === this.available) return;
    this.available = available;
    if (!available) this.receive(false);
    this.events.emit("isAvailableChanged");
    this.wanted();
  }

  receive(receiving: boolean): void {
    if (receiving === this.receiving) return;
    this.receiving = receiving;
    this.events.emit("isReceivingChanged");
  }

  /** A picture of this size has come. */
  seen(width: number, height: number): void {
    if (width !== this.size.width || height !== this.size.height) {
      this.size = { width, height };
      this.events.emit("sizeChanged");
    }
    this.receive(true);
  }

  /** The sender has left, or a screen is shared no longer. */
  end(): void {
    this.setAvailable(false);
    this.gone = true;
    this.place(undefined);
    this.changes.emit("gone");
  }

  private makeFacade(shown: number): RemoteVideoStream {
    const self = this;
    let reading: Watch | undefined;
    const facade: RemoteVideoStream = {
      id: shown,
      mediaStreamType: this.kind === "screen" ? "ScreenSharing" : "Video",
      get isAvailable() {
        return self.available;
      },
      get isReceiving() {
        return self.receiving;
      },
      get size() {
        return self.size;
      },
      getMediaStream: async () => {
        if (self.gone) throw ended();
        reading ??= self.show();
        reading.resize(READ);
        await self.placed();
        return self.stream();
      },
      on: this.events.on as RemoteVideoStream["on"],
      off: this.events.off as RemoteVideoStream["off"],
    };
    return Object.defineProperty(facade, INNER, { value: this });
  }
}
