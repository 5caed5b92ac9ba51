// What is to be sent of a picture: what receivers want of it, within what the application permits.
import type { VideoSendConstraints } from "../types";
import { cameraEncodings, screenEncodings } from "./layers";
import type { Picture } from "./lines";

/** The size of a capture that does not tell it. */
const USUAL = { width: 1280, height: 720 };

export class Demand {
  /** The encodings that anybody wants; undefined: all of them. */
  rids?: Set<string>;
  limits: VideoSendConstraints = {};

  constructor(private kind: Picture) {}

  encodings(track: MediaStreamTrack | null): RTCRtpEncodingParameters[] {
    const wanted = (rid: string): boolean => this.rids?.has(rid) ?? true;
    if (this.kind === "screen") return screenEncodings(wanted("screen"));
    const { width = USUAL.width, height = USUAL.height } = track?.getSettings() ?? {};
    return cameraEncodings(width, height, wanted, this.limits);
  }
}
