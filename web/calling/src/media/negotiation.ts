// The offers of a call and their answers: one at a time, and the client alone offers
// (docs/browser-protocol.md, "Media").

export interface NegotiationOptions {
  /** The one that is offered; undefined: there is none now. */
  connection(): RTCPeerConnection | undefined;
  /** Sends an offer, and gives the server's answer. */
  offer(n: number, sdp: string): Promise<string>;
  /** Whether the path is lost, so that a new one has to be offered. */
  away(): boolean;
  /** The answer to the present connection has been read. */
  answered(): void;
  log(line: string): void;
}

export class Negotiation {
  private n = 0;
  private running = false;
  /** Another offer is wanted. */
  private again = false;

  constructor(private options: NegotiationOptions) {}

  /** Offers the connection as it is. At most one offer is open; one that is wanted meanwhile follows. */
  async run(iceRestart: boolean): Promise<void> {
    if (this.running) {
      this.again = true;
      return;
    }
    this.running = true;
    try {
      await this.exchange(iceRestart);
    } catch (error) {
      if (!this.again) throw error;
      this.options.log(`media: ${error}`);
    } finally {
      this.running = false;
    }
    if (!this.again) return;
    this.again = false;
    await this.run(this.options.away());
  }

  private async exchange(iceRestart: boolean): Promise<void> {
    const { options } = this;
    const connection = options.connection();
    if (!connection) return;
    try {
      const offer = await connection.createOffer({ iceRestart });
      await connection.setLocalDescription(offer);
      const answer = await options.offer(++this.n, offer.sdp ?? "");
      if (connection !== options.connection() || connection.signalingState !== "have-local-offer") return;
      await connection.setRemoteDescription({ type: "answer", sdp: answer });
      if (connection === options.connection()) options.answered();
    } catch (error) {
      if (connection === options.connection()) throw error; // else it was closed meanwhile, which is no error
    }
  }
}
