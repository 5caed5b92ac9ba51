// Fakes of the browser: a WebSocket whose server is the test, and streams without pictures.
export interface Sent {
  t: string;
  id?: string;
  [member: string]: any;
}

export class FakeSocket {
  static OPEN = 1;
  static all: FakeSocket[] = [];
  readyState = 0;
  sent: Sent[] = [];
  onopen?: () => void;
  onmessage?: (message: { data: string }) => void;
  onclose?: (closed: { code: number; reason: string }) => void;

  constructor(readonly address: string) {
    FakeSocket.all.push(this);
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.readyState = 3;
  }

  // What the server does.
  open(): void {
    this.readyState = FakeSocket.OPEN;
    this.onopen?.();
  }
  say(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  drop(code = 1006, reason = ""): void {
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }
  /** The last request of a type. */
  last(t: string): Sent {
    const found = this.sent.filter((frame) => frame.t === t).at(-1);
    if (!found) throw new Error(`no ${t} was sent, but ${this.sent.map((frame) => frame.t).join(", ")}`);
    return found;
  }
}

export function newest(): FakeSocket {
  return FakeSocket.all.at(-1)!;
}

/** Lets promises and timers of 0 ms go on. */
export async function settle(rounds = 5): Promise<void> {
  for (let i = 0; i < rounds; i++) await new Promise((resolve) => setImmediate(resolve));
}

export class FakeTrack extends EventTarget {
  readonly id = crypto.randomUUID() as string;
  readyState = "live";
  enabled = true;
  contentHint = "";
  constructor(readonly label = "", readonly kind = "video") {
    super();
  }
  stop(): void {
    this.readyState = "ended";
  }
  clone(): FakeTrack {
    return new FakeTrack(`copy of ${this.label}`, this.kind);
  }
  getSettings(): object {
    return { width: 640, height: 480 };
  }
  /** The device is gone. */
  end(): void {
    this.stop();
    this.dispatchEvent(new Event("ended"));
  }
}

export class FakeMediaStream {
  constructor(private tracks: FakeTrack[] = []) {}
  getTracks(): FakeTrack[] {
    return [...this.tracks];
  }
  getVideoTracks(): FakeTrack[] {
    return this.tracks.filter((track) => track.kind === "video");
  }
  getAudioTracks(): FakeTrack[] {
    return this.tracks.filter((track) => track.kind === "audio");
  }
  addTrack(track: FakeTrack): void {
    this.tracks.push(track);
  }
  removeTrack(track: FakeTrack): void {
    this.tracks = this.tracks.filter((one) => one !== track);
  }
}
