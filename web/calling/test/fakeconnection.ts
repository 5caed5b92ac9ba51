// A fake RTCPeerConnection, whose network is the test.
export class FakeConnection {
  static all: FakeConnection[] = [];
  iceConnectionState = "new";
  connectionState = "new";
  signalingState = "stable";
  closed = false;
  /** The track of sound that is sent; null: none. */
  sound?: unknown;
  /** The track of the camera that is sent; null: none. */
  picture: unknown = null;
  private lines = 0;
  ontrack?: ((event: object) => void) | null;
  oniceconnectionstatechange?: (() => void) | null;
  onconnectionstatechange?: (() => void) | null;

  /** What the browser waits for before it has read an answer. */
  static reading: Promise<void> = Promise.resolve();
  private answered = false;

  constructor(public configuration: RTCConfiguration = {}) {
    FakeConnection.all.push(this);
  }
  static newest(): FakeConnection {
    return FakeConnection.all.at(-1)!;
  }

  addTransceiver(track: unknown): object {
    const line = this.lines++; // sound, camera, and others
    const isSound = line === 0;
    if (isSound) this.sound = typeof track === "string" ? null : track;
    const open = (): void => {
      if (this.closed) throw new DOMException("the connection is closed", "InvalidStateError");
    };
    const sender = {
      track: null as unknown,
      replaceTrack: async (to: unknown): Promise<void> => {
        open();
        sender.track = to;
        if (isSound) this.sound = to;
        if (line === 1) this.picture = to;
      },
      getParameters: () => ({ encodings: [] }),
      setParameters: async () => open(),
    };
    const direction = (): string | null => (this.answered ? "sendonly" : null);
    return {
      sender,
      get currentDirection() {
        return direction();
      },
      setCodecPreferences: () => {},
    };
  }
  async createOffer(): Promise<object> {
    if (this.closed) throw new DOMException("the connection is closed", "InvalidStateError");
    return { type: "offer", sdp: `v=0 of connection ${FakeConnection.all.indexOf(this)}` };
  }
  async setLocalDescription(): Promise<void> {
    if (this.closed) throw new DOMException("the connection is closed", "InvalidStateError");
    this.signalingState = "have-local-offer";
  }
  remoteDescription?: RTCSessionDescriptionInit;
  async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    await FakeConnection.reading;
    this.remoteDescription = description;
    this.signalingState = "stable";
    this.answered = true;
  }
  async getStats(): Promise<Map<string, object>> {
    return new Map();
  }
  close(): void {
    this.closed = true;
    this.signalingState = "closed";
  }

  /** The server's sound comes in a track. */
  hear(track: unknown): void {
    this.ontrack?.({ track, streams: [], transceiver: { mid: "0" } });
  }

  setConfiguration(configuration: RTCConfiguration): void {
    this.configuration = configuration;
  }

  /** The path is there. */
  connect(): void {
    this.iceConnectionState = this.connectionState = "connected";
    this.oniceconnectionstatechange?.();
  }

  /** There is no path. */
  fail(): void {
    this.iceConnectionState = this.connectionState = "failed";
    this.oniceconnectionstatechange?.();
  }

  /** The path is lost. */
  lose(): void {
    this.iceConnectionState = "disconnected";
    this.oniceconnectionstatechange?.();
  }
}
