// The m-lines of a call's peer connection: sound, camera, screen, then places for
// the pictures of others (docs/browser-protocol.md, "Media"). They are never removed.
import { RIDS, type Encoding } from "./layers";

/** What a client sends beside its sound. */
export type Picture = "camera" | "screen";

/** What is sent of a picture now. */
export interface Sending {
  track: MediaStreamTrack | null;
  encodings: Encoding[];
}

/** Places for the pictures of others: as many as are asked for at first, and at most. */
export const FIRST_SLOTS = 10;
const MOST_SLOTS = 25;
/** New places come in steps, so that a room that grows is not negotiated with each person. */
const SLOT_STEP = 4;

export class Lines {
  private sound: RTCRtpSender;
  private pictures: Record<Picture, RTCRtpTransceiver>;
  private slots = 0;
  private working: Promise<void> = Promise.resolve();

  constructor(private connection: RTCPeerConnection, sound: MediaStreamTrack | null) {
    this.sound = connection.addTransceiver(sound ?? "audio", { direction: "sendrecv" }).sender;
    this.pictures = {
      camera: connection.addTransceiver("video", { direction: "sendonly", sendEncodings: RIDS.map((rid, i) => ({ rid, scaleResolutionDownBy: 4 >> i })) }),
      screen: connection.addTransceiver("video", { direction: "sendonly" }),
    };
    for (const line of Object.values(this.pictures)) prefer(line, "send");
    this.have(FIRST_SLOTS);
  }

  /** Adds places until there are as many as asked for. It says whether a new offer is needed. */
  more(wanted: number): boolean {
    if (wanted <= this.slots || this.slots >= MOST_SLOTS) return false;
    this.have(Math.min(MOST_SLOTS, this.slots + SLOT_STEP * Math.ceil((wanted - this.slots) / SLOT_STEP)));
    return true;
  }

  private have(count: number): void {
    for (; this.slots < count; this.slots++) prefer(this.connection.addTransceiver("video", { direction: "recvonly" }), "receive");
  }

  /** Whether the server takes pictures of a kind. */
  takes(kind: Picture): boolean {
    return this.pictures[kind].currentDirection === "sendonly";
  }

  /** Sends another sound, or none. */
  say(track: MediaStreamTrack | null): Promise<void> {
    return this.unlessClosed(() => this.sound.replaceTrack(track));
  }

  /** Sends a picture, changes how it is sent, or sends none. One after the other: parameters must be those that were read last. */
  send(kind: Picture, sending: Sending): Promise<void> {
    const { sender } = this.pictures[kind];
    const done = this.working.then(() =>
      this.unlessClosed(async () => {
        if (sending.track) await encode(sender, kind, sending.encodings);
        if (sender.track !== sending.track) await sender.replaceTrack(sending.track);
      }),
    );
    this.working = done.catch(() => {});
    return done;
  }

  /** A closed connection sends nothing, which is what its senders refuse with InvalidStateError (W3C webrtc, replaceTrack and setParameters). */
  private async unlessClosed(change: () => Promise<void>): Promise<void> {
    const closed = (): boolean => this.connection.signalingState === "closed";
    if (closed()) return;
    try {
      await change();
    } catch (error) {
      if (!closed()) throw error;
    }
  }
}

async function encode(sender: RTCRtpSender, kind: Picture, encodings: Encoding[]): Promise<void> {
  try {
    await setEncodings(sender, kind, encodings);
  } catch (error) {
    if (!encodings.some(({ scalabilityMode }) => scalabilityMode)) throw error;
    // A browser that has no temporal layers sends the picture without.
    await setEncodings(sender, kind, encodings.map(({ scalabilityMode: _, ...rest }) => rest));
  }
}

async function setEncodings(sender: RTCRtpSender, kind: Picture, encodings: Encoding[]): Promise<void> {
  const parameters: RTCRtpSendParameters = sender.getParameters();
  parameters.encodings.forEach((one, i) => Object.assign(one, encodings.find((other) => other.rid !== undefined && other.rid === one.rid) ?? encodings[i]));
  // A shared text must stay readable: fewer pictures, not fewer pixels.
  if (kind === "screen") parameters.degradationPreference = "maintain-resolution";
  await sender.setParameters(parameters);
}

/** VP8 and H.264 alone: with all that a browser has, an offer of many lines has 100 kB. */
function prefer(line: RTCRtpTransceiver, direction: "send" | "receive"): void {
  const side = direction === "send" ? globalThis.RTCRtpSender : globalThis.RTCRtpReceiver;
  const codecs = side?.getCapabilities?.("video")?.codecs ?? [];
  const wanted = (mime: string, line = ""): boolean =>
    mime === "video/VP8" || mime === "video/rtx" || (mime === "video/H264" && /packetization-mode=1/.test(line) && /profile-level-id=42e01f/i.test(line));
  const chosen = codecs.filter((codec) => wanted(codec.mimeType, codec.sdpFmtpLine));
  const order = (mime: string): number => (mime === "video/VP8" ? 0 : mime === "video/H264" ? 1 : 2);
  chosen.sort((a, b) => order(a.mimeType) - order(b.mimeType));
  // Without VP8 in the list the browser's own choice stands.
  if (chosen[0]?.mimeType === "video/VP8") line.setCodecPreferences?.(chosen);
}
