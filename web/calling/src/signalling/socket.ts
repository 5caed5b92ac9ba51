// One WebSocket: frames in and out.

export interface SocketEvents {
  frame(frame: Frame): void;
  /** The socket is gone; code 0 if there was no close frame. */
  closed(code: number, reason: string): void;
}

/** A message of the protocol (docs/browser-protocol.md). */
export interface Frame {
  t: string;
  id?: string;
  re?: string;
  seq?: number;
  ack?: number;
  [member: string]: any;
}

/** How long a socket may take to open. A browser's own patience is minutes. */
const CONNECT_MS = 10_000;

/** Opens a socket and calls `events` until it is closed. Nothing is called after `close`. */
export class Socket {
  private socket: WebSocket;
  private timer: ReturnType<typeof setTimeout>;
  private over = false;

  constructor(address: string, private events: SocketEvents, opened: () => void) {
    this.socket = new WebSocket(address);
    this.timer = setTimeout(() => this.end(0, "the server did not answer in time"), CONNECT_MS);
    this.socket.onopen = () => {
      clearTimeout(this.timer);
      if (!this.over) opened();
    };
    this.socket.onmessage = (message) => this.read(message.data);
    this.socket.onclose = (closed) => this.end(closed.code === 1006 ? 0 : closed.code, closed.reason);
  }

  get open(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  send(frame: Frame): void {
    if (this.open) this.socket.send(JSON.stringify(frame));
  }

  /** Closes without telling anybody. */
  close(): void {
    this.over = true;
    clearTimeout(this.timer);
    this.socket.close(1000);
  }

  private read(data: unknown): void {
    if (this.over || typeof data !== "string") return;
    let frame: Frame;
    try {
      frame = JSON.parse(data);
    } catch {
      return;
    }
    if (typeof frame?.t === "string") this.events.frame(frame);
  }

  /** Gives the socket up, as if it were closed. */
  end(code: number, reason: string): void {
    if (this.over) return;
    this.close();
    this.events.closed(code, reason);
  }
}
