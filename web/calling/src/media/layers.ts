// What is sent of a picture: a camera in up to three sizes at once (simulcast),
// so that the server can give each receiver the one that fits; a screen in one.
import type { MediaConstraintRange, VideoSendConstraints } from "../types";

/** The encodings of a camera, the smallest first: browsers that send fewer keep the first. */
export const RIDS = ["q", "h", "f"] as const;

/** With what TypeScript's library of browsers lacks (W3C webrtc-svc §4.1). */
export type Encoding = RTCRtpEncodingParameters & { scalabilityMode?: string };

/** What makes an encoding: scale against the capture, and bit/s. */
interface Layer {
  scale: number;
  bitrate: number;
}
const LOW = 150_000;
const MIDDLE = 500_000;
const HIGH = 1_700_000;
/** In temporal layers: who has a narrow path gets fewer pictures, all of them readable, instead of none. */
const SCREEN = { maxBitrate: 2_500_000, maxFramerate: 15, scalabilityMode: "L1T3" };

/**
 * The encodings for a capture of a size. Small captures have fewer: a browser that is asked for
 * three of a picture of 640×360 never sends it whole.
 */
export function cameraEncodings(width: number, height: number, wanted: (rid: string) => boolean, limits: VideoSendConstraints = {}): RTCRtpEncodingParameters[] {
  const highest = most(limits.frameHeight);
  const short = Math.min(width, height); // a telephone that is held upright sends its height as the long side
  const shrink = highest && short > highest ? short / highest : 1;
  const layers = plan(width / shrink, height / shrink);
  const frameRate = most(limits.frameRate);
  let left = most(limits.bitrate) || Infinity;
  return RIDS.map((rid, i) => {
    const layer = layers[i];
    // A layer with less than half of what it needs is worth less than a better one below it.
    const fits = layer !== undefined && (i === 0 || left >= layer.bitrate / 2);
    const bitrate = fits ? Math.max(30_000, Math.min(layer.bitrate, left)) : LOW;
    if (fits) left -= bitrate;
    return {
      rid,
      active: fits && wanted(rid),
      scaleResolutionDownBy: (layer?.scale ?? 1) * shrink,
      maxBitrate: bitrate,
      maxFramerate: frameRate || undefined, // named always: a browser keeps what is not
    };
  });
}

/** Each of a range's values is taken for the most. */
function most(range: MediaConstraintRange | undefined): number | undefined {
  return range?.max ?? range?.exact ?? range?.ideal;
}

function plan(width: number, height: number): Layer[] {
  const [long, short] = width > height ? [width, height] : [height, width];
  if (long >= 1280 && short >= 720)
    return [
      { scale: 4, bitrate: LOW },
      { scale: 2, bitrate: MIDDLE },
      { scale: 1, bitrate: HIGH },
    ];
  if (long >= 640 && short >= 360)
    return [
      { scale: 2, bitrate: LOW },
      { scale: 1, bitrate: MIDDLE },
    ];
  return [{ scale: 1, bitrate: LOW }];
}

/** The one encoding of a screen: few pictures, all of their pixels. */
export function screenEncodings(wanted: boolean): Encoding[] {
  return [{ active: wanted, ...SCREEN }];
}
