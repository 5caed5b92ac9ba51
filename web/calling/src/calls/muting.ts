// What is silent in a call: this client, by itself or by others, and what it hears.
import { coded, failure } from "../errors";
import type { CallCore } from "./call";
import { over } from "./state";

export class Muting {
  /** isIncomingAudioMuted. */
  incoming = false;
  /** How often the application asked to be muted or not. */
  private asked = 0;

  /** `muted`: isMuted. */
  constructor(private call: CallCore, public muted: boolean) {}

  /** Mutes or unmutes this client: here at once, and at the server. */
  async ask(muted: boolean): Promise<void> {
    const { call } = this;
    if (over(call.state)) throw failure(400, 41015, "the call is over");
    const turn = ++this.asked;
    if (muted) this.set(true);
    if (call.state !== "None") {
      try {
        await call.ask("media.state", { microphone: !muted });
      } catch (error) {
        throw coded(error, 500, muted ? 41015 : 41016);
      }
    }
    if (turn === this.asked) this.set(muted); // else the last word was another
  }

  /** Others have muted this client, or that was lifted. */
  byOthers(muted: boolean): void {
    const before = this.muted;
    this.set(muted);
    if (muted && !before) this.call.events.emit("mutedByOthers");
  }

  private set(muted: boolean): void {
    if (muted === this.muted) return;
    this.muted = muted;
    this.gate();
    this.call.events.emit("isMutedChanged");
  }

  /** Who is muted, or may only listen, sends nothing that can be heard. */
  gate(): void {
    this.call.sound.mute(this.muted || this.call.role === "Consumer");
  }

  async muteIncoming(muted: boolean): Promise<void> {
    if (over(this.call.state)) throw failure(400, 0, "the call is over");
    this.call.sound.muteIncoming(muted);
    if (muted === this.incoming) return;
    this.incoming = muted;
    this.call.events.emit("isIncomingAudioMutedChanged");
  }

  /** Mutes somebody else. */
  async other(id: string): Promise<void> {
    if (this.call.kind === "twoParty") throw failure(400, 0, "nobody can be muted by others in a call of two");
    await this.call.ask("participant.mute", { who: id });
  }
}
