// What is to be sent of a picture: what receivers want of it, within what the application permits.
import { failure } from "../errors";
import type { VideoSendConstraints } from "../types";
import { cameraEncodings, screenEncodings, type Encoding } from "./layers";
import type { Picture } from "./lines";

/** The size of a capture that does not tell it. */
const USUAL = { width: 1280, height: 720 };

export class Demand {
  /** The encodings that anybody wants; undefined: all of them. */
  rids?: Set<string>;
  private limits: VideoSendConstraints = {};

  constructor(private kind: Picture) {}

  encodings(track: MediaStreamTrack | null): Encoding[] {
    const wanted = (rid: string): boolean => this.rids?.has(rid) ?? true;
    if (this.kind === "screen") return screenEncodings(wanted("screen"));
    const { width = USUAL.width, height = USUAL.height } = track?.getSettings() ?? {};
    return cameraEncodings(width, height, wanted, this.limits);
  }

  /** Takes bounds of the application: what it does not name stays as it was. */
  bound(limits: VideoSendConstraints): void {
    const named = Object.entries(limits).filter(([, range]) => Object.values(range ?? {}).some((value) => value !== undefined));
    this.limits = { ...this.limits, ...Object.fromEntries(named) };
  }
}

/** Bounds that an application gives: each is a number above 0, or 0, which lifts the one before, or absent. It gives them, or throws 400. */
export function limitsOf(limits: VideoSendConstraints | undefined): VideoSendConstraints {
  const { frameHeight, frameRate, bitrate } = limits ?? {};
  for (const [name, range] of Object.entries({ frameHeight, frameRate, bitrate })) {
    for (const [bound, value] of Object.entries(range ?? {}))
      if (value !== undefined && !(value >= 0 && value < Infinity)) throw failure(400, 0, `${name}.${bound} is a number above 0, or 0 for no bound`);
  }
  return limits ?? {};
}
