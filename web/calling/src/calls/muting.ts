// What is silent in a call: this client, by itself or by others, and what it hears.
import { coded, failure } from "../errors";
import type { CallCore } from "./call";
import { over } from "./state";

export class Muting {
  /** isIncomingAudioMuted. */
  incoming = false;
  /** Others have muted the user. */
  private others = false;
  /** How often the application asked to be muted or not. */
  private asked = 0;

  /** `self`: the application has muted this client. */
  constructor(private call: CallCore, private self: boolean) {}

  /** isMuted. */
  get muted(): boolean {
    return this.self || this.others;
  }

  /** Mutes or unmutes this client: here at once, and at the server. An unmute lifts what others did, too. */
  async ask(muted: boolean): Promise<void> {
    const { call } = this;
    if (over(call.state)) throw failure(400, muted ? 41015 : 41016, "the call is over");
    const turn = ++this.asked;
    if (muted) this.become(true, this.others);
    if (call.state !== "None") {
      try {
        await call.ask("media.state", { microphone: !muted });
      } catch (error) {
        throw coded(error, 500, muted ? 41015 : 41016);
      }
    }
    if (turn === this.asked) this.become(muted, muted && this.others); // else the last word was another
  }

  /** Others have muted the user, or that was lifted, as on another device. What the application did here stays. */
  byOthers(muted: boolean): void {
    const before = this.muted;
    this.become(this.self, muted);
    if (this.muted && !before) this.call.events.emit("mutedByOthers");
  }

  /** The server has lost the call. It is joined anew as it is now. */
  forget(): void {
    this.become(this.muted, false);
  }

  private become(self: boolean, others: boolean): void {
    const before = this.muted;
    this.self = self;
    this.others = others;
    if (this.muted === before) return;
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
