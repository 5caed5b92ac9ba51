// One call: what the package keeps of it, and how it follows the server.
// calls/facade.ts makes of it what applications see.
import { deferred } from "../deferred";
import { Emitter } from "../emitter";
import { coded, endReason, failure } from "../errors";
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
import { hangUp } from "./hangingup";
import { hold } from "./holding";
import { Rejoining } from "./rejoining";
import { Roster } from "./roster";
import { active, established, mayFollow, over } from "./state";

export class CallCore {
  readonly events = new Emitter<CallEvents>();
  readonly inner = new Emitter<InnerEvents>();
  readonly roster: Roster;
  readonly sound: Sound;
  readonly pictures: Pictures;
  readonly rejoining = new Rejoining(this);
  readonly facade: Call;
  state: CallState = "None";
  endReason?: CallEndReason;
  muted: boolean;
  incomingMuted = false;
  role: ParticipantRole = "Unknown";
  kind?: "twoParty" | "group" | "room";
  participantId = "";
  private names = deferred<string>();
  /** How often the application asked to be muted or not. */
  private mutes = 0;

  constructor(readonly context: CallContext, readonly beginning: CallBeginning) {
    this.muted = beginning.audio?.muted ?? false;
    this.roster = new Roster({
      updated: (change) => this.events.emit("remoteParticipantsUpdated", change),
      mute: (id) => this.muteOther(id),
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
    this.sound.events.on("remote", () => this.events.emit("remoteAudioStreamsUpdated", { added: [this.sound.remote], removed: [] }));
    this.sound.events.on("local", (change) => this.events.emit("localAudioStreamsUpdated", change));
    this.sound.events.on("peer", (state) => this.inner.emit("peer", state));
    this.sound.events.on("microphone", (state) => this.inner.emit("microphone", state));
    this.sound.events.on("silenced", (silenced) => this.inner.emit("microphoneSilenced", silenced));
    this.facade = makeCall(this);
    beginFeatures(this);
    beginReports(this);
    if (beginning.direction === "Incoming") this.roster.expect(beginning.to ?? []);
    else this.roster.call(beginning.to ?? []);
  }

  get id(): string {
    return this.beginning.id;
  }

  /** Sends the request that begins the call; its sound follows when the server has taken it. A refusal ends the call. */
  async begin(t: string, members: object): Promise<void> {
    if (over(this.state)) return; // hung up at once
    this.move("Connecting");
    this.pictures.begin(this.beginning.video);
    try {
      await this.ask(t, { ...members, muted: this.muted });
    } catch (error) {
      return this.fail(error);
    }
    if (over(this.state)) return;
    this.gate();
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
    switch (frame.t) {
      case "call.state":
        this.follow(frame.state);
        break;
      case "call.info":
        this.kind = frame.kind;
        this.participantId = frame.participantId;
        this.name(frame.serverCallId);
        break;
      case "call.ended":
        // A server that stops ends all calls; its successor may have this one again.
        if (frame.code === 503 && this.context.session.stopping && this.rejoining.lost()) break;
        this.end(frame.code, frame.subCode, frame.message);
        break;
      case "roster":
        this.roster.take(frame as never);
        this.followHold();
        break;
      case "role":
        this.setRole(frame.role);
        break;
      case "muted":
        this.mutedBy(frame.muted);
        break;
      case "invitation":
        this.roster.invitation(frame.who, frame.state, frame.code, frame.subCode);
        break;
      case "speakers":
        for (const person of this.roster.all()) person.speak((frame.speaking ?? []).includes(person.id));
        break;
      default:
        this.pictures.take(frame);
    }
    this.inner.emit("message", frame);
  }

  /** The server's word replaces what was missed. */
  restore(snapshot: Frame): void {
    if (snapshot.info) this.take({ ...snapshot.info, t: "call.info" });
    if (snapshot.roster) this.take({ ...snapshot.roster, t: "roster", full: true });
    if (snapshot.capabilities) this.take({ ...snapshot.capabilities, t: "capabilities" });
    this.takeMeeting(snapshot);
    if (snapshot.slots) this.take({ ...snapshot.slots, t: "media.slots" });
    if (snapshot.layers) this.take({ ...snapshot.layers, t: "media.layers" });
    this.follow(snapshot.state);
    if (snapshot.muted && !this.muted) this.mutedBy(true);
  }

  /** What all have in common. */
  private takeMeeting({ recording, transcription, hands, spotlight }: Partial<Frame>): void {
    this.take({ recordings: [], ...recording, t: "recording" });
    this.take({ active: false, ...transcription, t: "transcription" });
    this.take({ raised: [], ...hands, t: "hands" });
    this.take({ people: [], ...spotlight, t: "spotlight" });
  }

  /** The server has lost the call, with all that it kept of it. */
  forget(): void {
    this.sound.peer?.drop();
    const before = this.names;
    this.names = deferred();
    this.names.promise.then(before.resolve, before.reject); // who waits for the name gets the new one
    this.pictures.gallery.forget();
    this.roster.forget();
    this.takeMeeting({});
  }

  // ---- states ----

  private follow(state: CallState): void {
    if (this.rejoining.follow(state)) return;
    if (state === "Ringing" || state === "EarlyMedia") this.roster.ringing(state);
    this.move(state);
    this.followHold();
  }

  /** In a call of two, the other's hold is seen as RemoteHold. */
  private followHold(): void {
    if (this.kind !== "twoParty" || this.state === "LocalHold" || !established(this.state)) return;
    const held = [...this.roster.all()].some((person) => person.state === "Hold");
    this.move(held ? "RemoteHold" : "Connected");
  }

  move(state: CallState): void {
    if (state === this.state || !mayFollow(this.state, state)) return;
    const begins = active(state) && !active(this.state);
    this.state = state;
    this.sound.hold(state === "LocalHold");
    this.events.emit("stateChanged");
    if (begins && active(this.state)) this.context.active(this);
  }

  /** The call is over, for whatever reason: once. */
  end(code: number, subCode: number, message?: string): void {
    if (this.endReason) return;
    this.endReason = endReason(code, subCode, message);
    this.pictures.close();
    this.sound.close();
    this.names.reject(failure(404, 0, "the call is over"));
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

  // ---- mute ----

  /** Mutes or unmutes this client: here at once, and at the server. */
  async mute(muted: boolean): Promise<void> {
    if (over(this.state)) throw failure(400, 41015, "the call is over");
    const turn = ++this.mutes;
    if (muted) this.setMuted(true);
    if (this.state !== "None") {
      try {
        await this.ask("media.state", { microphone: !muted });
      } catch (error) {
        throw coded(error, 500, muted ? 41015 : 41016);
      }
    }
    if (turn === this.mutes) this.setMuted(muted); // else the last word was another
  }

  private mutedBy(muted: boolean): void {
    const before = this.muted;
    this.setMuted(muted);
    if (muted && !before) this.events.emit("mutedByOthers");
  }

  private setMuted(muted: boolean): void {
    if (muted === this.muted) return;
    this.muted = muted;
    this.gate();
    this.events.emit("isMutedChanged");
  }

  /** Who is muted, or may only listen, sends nothing that can be heard. */
  private gate(): void {
    this.sound.mute(this.muted || this.role === "Consumer");
  }

  async muteIncoming(muted: boolean): Promise<void> {
    if (over(this.state)) throw failure(400, 0, "the call is over");
    this.sound.muteIncoming(muted);
    if (muted === this.incomingMuted) return;
    this.incomingMuted = muted;
    this.events.emit("isIncomingAudioMutedChanged");
  }

  private async muteOther(id: string): Promise<void> {
    if (this.kind === "twoParty") throw failure(400, 0, "nobody can be muted by others in a call of two");
    await this.ask("participant.mute", { who: id });
  }

  private setRole(role: ParticipantRole): void {
    if (role === this.role) return;
    this.role = role;
    this.gate();
    this.events.emit("roleChanged");
  }

  // ---- names ----

  /** The server's name for the call; it may have another one later. */
  private name(serverCallId: string): void {
    this.names.resolve(serverCallId);
    this.names = deferred();
    this.names.resolve(serverCallId);
  }

  serverCallId(): Promise<string> {
    return this.names.promise;
  }

  get caller(): CallerInfo {
    return this.beginning.caller ?? { identifier: identifier(this.context.session.welcome?.user ?? ""), displayName: this.context.displayName };
  }
}
