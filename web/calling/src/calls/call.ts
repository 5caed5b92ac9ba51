// One call: what the package keeps of it, and how it follows the server.
// calls/facade.ts makes of it what applications see.
import { Emitter } from "../emitter";
import { coded, endReason } from "../errors";
import { beginFeatures } from "../features/callfeatures";
import { beginReports } from "../features/mediareport";
import { identifier } from "../identifiers";
import { Pictures } from "./pictures";
import { Sound } from "./sound";
import type { Frame } from "../signalling/socket";
import type { Call, CallEndReason, CallerInfo, CallState, ParticipantRole } from "../types";
import type { CallBeginning, CallContext } from "./callcontext";
import type { CallEvents, InnerEvents } from "./callevents";
import { makeCall } from "./facade";
import { takeMeeting, takeMessage } from "./following";
import { hangUp } from "./hangingup";
import { hold } from "./holding";
import { Muting } from "./muting";
import { Rejoining } from "./rejoining";
import { Roster } from "./roster";
import { ServerCallId } from "./servercallid";
import { active, established, mayFollow, over, silent } from "./state";

export class CallCore {
  readonly events = new Emitter<CallEvents>();
  readonly inner = new Emitter<InnerEvents>();
  readonly roster: Roster;
  readonly sound: Sound;
  readonly pictures: Pictures;
  readonly muting: Muting;
  readonly serverCallId = new ServerCallId();
  readonly rejoining = new Rejoining(this);
  readonly facade: Call;
  state: CallState = "None";
  endReason?: CallEndReason;
  role: ParticipantRole = "Unknown";
  kind?: "twoParty" | "group" | "room";
  participantId = "";
  /** The server has taken the request that begins it. */
  begun = false;
  /** The id that applications see. */
  shownId: string;
  private soundTold = false;

  constructor(readonly context: CallContext, readonly beginning: CallBeginning) {
    this.shownId = beginning.id;
    this.muting = new Muting(this, beginning.audio?.muted ?? false);
    this.roster = new Roster({
      updated: (change) => this.events.emit("remoteParticipantsUpdated", change),
      mute: (id) => this.muting.other(id),
      stream: (info) => this.pictures.gallery.stream(info),
      adopt: (stream, info) => this.pictures.gallery.adopt(stream, info),
      drop: (stream) => this.pictures.gallery.drop(stream),
    });
    this.sound = new Sound({
      devices: context.devices,
      iceServers: context.iceServers,
      log: context.log,
      offer: async (n, sdp) => (await this.ask("media.offer", { n, sdp })).sdp,
      slot: (mid, track) => this.pictures.gallery.slot(mid, track),
    });
    this.pictures = new Pictures(this);
    this.sound.events.on("remote", () => this.tellSound());
    this.sound.events.on("local", (change) => this.events.emit("localAudioStreamsUpdated", change));
    this.sound.events.on("peer", (state) => {
      if (state === "away") {
        void context.session.refreshIce(); // another path is looked for in a moment
        context.session.probe(); // over a socket that may be as lost as the path
      }
      this.inner.emit("peer", state);
    });
    this.sound.events.on("microphone", (state) => this.inner.emit("microphone", state));
    this.sound.events.on("silenced", (silenced) => this.inner.emit("microphoneSilenced", silenced));
    this.facade = makeCall(this);
    beginFeatures(this);
    beginReports(this);
    if (beginning.direction === "Incoming") this.roster.expect(beginning.to ?? []);
    else this.roster.call(beginning.to ?? []);
  }

  /** As the server knows it. */
  get id(): string {
    return this.beginning.id;
  }

  /** Applications see the call under another id from now on. */
  rename(): void {
    this.shownId = crypto.randomUUID();
    this.events.emit("idChanged");
  }

  /** Sends the request that begins the call; its sound follows when the server has taken it. A refusal ends the call. */
  async begin(t: string, members: object): Promise<void> {
    if (over(this.state)) return; // hung up at once
    this.move("Connecting");
    this.pictures.begin(this.beginning.video);
    try {
      const ready = this.context.session.refreshIce();
      await this.ask(t, { ...members, muted: this.muting.muted });
      this.begun = true;
      await ready;
    } catch (error) {
      return this.fail(error);
    }
    if (over(this.state)) return;
    this.muting.gate();
    this.sound.start(this.beginning.audio?.localAudioStreams?.[0]).catch((error) => {
      if (!this.rejoining.pending) this.fail(error); // else it is offered anew
    });
  }

  /** Ends the call with the code of an error. */
  fail(error: unknown): void {
    const { code, subCode, message } = coded(error, 500, 0);
    this.end(code, subCode, message);
  }

  ask(t: string, members: object = {}): Promise<Frame> {
    return this.rejoining.pass(t, () => this.context.session.request(t, { call: this.id, ...members }));
  }

  /** A message of the server about this call. */
  take(frame: Frame): void {
    takeMessage(this, frame);
  }

  /** The server has lost the call, with all that it kept of it. */
  forget(): void {
    this.sound.peer?.drop();
    this.muting.forget();
    this.serverCallId.forget();
    this.pictures.gallery.forget();
    this.roster.forget();
    takeMeeting(this, {});
  }

  // ---- states ----

  follow(state: CallState): void {
    if (this.rejoining.follow(state)) return;
    if (state === "Ringing" || state === "EarlyMedia") this.roster.ringing(state);
    this.move(state);
    this.followHold();
  }

  /** In a call of two, the other's hold is seen as RemoteHold; in one of more it is the other's alone. */
  followHold(): void {
    if (this.state === "LocalHold" || !established(this.state)) return;
    const held = this.kind === "twoParty" && [...this.roster.all()].some((person) => person.state === "Hold");
    this.move(held ? "RemoteHold" : "Connected");
  }

  move(state: CallState): void {
    if (state === this.state || !mayFollow(this.state, state)) return;
    const begins = active(state) && !active(this.state);
    this.state = state;
    this.sound.hold(silent(state));
    this.events.emit("stateChanged");
    if (begins && active(this.state)) this.context.active(this);
    this.tellSound();
  }

  /** What is heard is told once there is something to hear. Pages of Microsoft's listen for it from stateChanged on, when the call is connected. */
  private tellSound(): void {
    if (this.soundTold || !this.sound.hasRemote || !(established(this.state) || this.state === "EarlyMedia")) return;
    this.soundTold = true;
    this.events.emit("remoteAudioStreamsUpdated", { added: [this.sound.remote], removed: [] });
  }

  /** The call is over, for whatever reason: once. */
  end(code: number, subCode: number, message?: string): void {
    if (this.endReason) return;
    this.endReason = endReason(code, subCode, message);
    this.pictures.close();
    this.sound.close();
    this.serverCallId.close();
    this.rejoining.close();
    this.move("Disconnecting");
    this.roster.clear();
    this.move("Disconnected");
    this.inner.emit("over");
    this.context.ended(this);
  }

  hangUp(forEveryone: boolean): Promise<void> {
    return hangUp(this, forEveryone);
  }

  hold(held: boolean): Promise<void> {
    return hold(this, held);
  }

  setRole(role: ParticipantRole): void {
    if (role === this.role) return;
    this.role = role;
    this.muting.gate();
    this.events.emit("roleChanged");
  }

  get caller(): CallerInfo {
    return this.beginning.caller ?? { identifier: identifier(this.context.session.welcome?.user ?? ""), displayName: this.context.displayName };
  }
}
