// A fake RTCPeerConnection, whose network is the test.
export class FakeConnection {
  static all: FakeConnection[] = [];
  iceConnectionState = "new";
  connectionState = "new";
  signalingState = "stable";
  closed = false;
  /** The track of sound that is sent; null: none. */
  sound?: unknown;
  ontrack?: unknown;
  oniceconnectionstatechange?: (() => void) | null;
  onconnectionstatechange?: (() => void) | null;

  constructor() {
    FakeConnection.all.push(this);
  }
  static newest(): FakeConnection {
    return FakeConnection.all.at(-1)!;
  }

  addTransceiver(track: unknown): object {
    const isSound = this.sound === undefined; // the first of its lines
    if (isSound) this.sound = typeof track === "string" ? null : track;
    const replaceTrack = async (to: unknown): Promise<void> => void (isSound && (this.sound = to));
    const sender = { track: null, replaceTrack, getParameters: () => ({ encodings: [] }), setParameters: async () => {} };
    return { sender, currentDirection: "sendonly", setCodecPreferences: () => {} };
  }
  async createOffer(): Promise<object> {
    return { type: "offer", sdp: `v=0 of connection ${FakeConnection.all.indexOf(this)}` };
  }
  async setLocalDescription(): Promise<void> {
    this.signalingState = "have-local-offer";
  }
  async setRemoteDescription(): Promise<void> {
    this.signalingState = "stable";
  }
  async getStats(): Promise<Map<string, object>> {
    return new Map();
  }
  close(): void {
    this.closed = true;
  }

  /** The path is there. */
  connect(): void {
    this.iceConnectionState = this.connectionState = "connected";
    this.oniceconnectionstatechange?.();
  }
}
