// Somebody else in a call.
import { Emitter } from "../emitter";
import { identifier } from "../identifiers";
import type { StreamInfo } from "./gallery";
import type { RemoteVideo } from "./remotevideo";
import type { CallEndReason, DisplayNameChangedEventArgs, ParticipantRole, RemoteParticipant, RemoteParticipantState, RemoteVideoStream } from "../types";

/** A person of the server's roster. */
export interface Person {
  id: string;
  displayName?: string;
  state: "Connecting" | "Ringing" | "Connected" | "Hold";
  muted: boolean;
  role?: ParticipantRole;
  endpoints: string[];
  streams?: StreamInfo[];
}

/** What a participant needs of its call. */
export interface ParticipantOptions {
  mute(id: string): Promise<void>;
  stream(info: StreamInfo): RemoteVideo;
  adopt(stream: RemoteVideo, info: StreamInfo): void;
  drop(stream: RemoteVideo): void;
}

interface Events {
  stateChanged: void;
  isMutedChanged: void;
  isSpeakingChanged: void;
  roleChanged: void;
  displayNameChanged: DisplayNameChangedEventArgs;
  videoStreamsUpdated: { added: RemoteVideoStream[]; removed: RemoteVideoStream[] };
}

/** No stream of the server has this number. */
const FORGOTTEN = 0;

/** What the package keeps of a participant; `facade` is what applications see. */
export class Participant {
  readonly events = new Emitter<Events>();
  readonly facade: RemoteParticipant;
  state: RemoteParticipantState;
  endReason?: CallEndReason;
  private displayName?: string;
  private renamed = false;
  private endpoints: string[] = [];
  private muted = false;
  private speaking = false;
  private role: ParticipantRole = "Unknown";
  private streams: RemoteVideo[] = [];
  private public: ReadonlyArray<RemoteVideoStream> = [];

  constructor(readonly id: string, state: RemoteParticipantState, private options: ParticipantOptions) {
    this.state = state;
    this.facade = this.makeFacade();
  }

  /** It was called, and has not come yet. */
  get coming(): boolean {
    return this.state === "Connecting" || this.state === "Ringing" || this.state === "EarlyMedia";
  }

  /** Takes what the roster says. Events follow when everything has changed. */
  take(person: Person): void {
    const after: (keyof Events)[] = [];
    const oldName = this.displayName;
    this.endpoints = person.endpoints ?? [];
    if (person.displayName !== oldName) {
      this.displayName = person.displayName;
      this.renamed ||= oldName !== undefined;
      after.push("displayNameChanged");
    }
    if (person.muted !== this.muted) {
      this.muted = person.muted;
      after.push("isMutedChanged");
    }
    const role = person.role ?? "Unknown";
    if (role !== this.role) {
      this.role = role;
      after.push("roleChanged");
    }
    // Who was heard of otherwise is as far as that said.
    const behind = person.state === "Connecting" && this.coming || person.state === "Ringing" && this.state === "EarlyMedia";
    if (person.state !== this.state && !behind) {
      this.state = person.state;
      after.push("stateChanged");
    }
    for (const event of after) {
      if (event === "displayNameChanged") this.events.emit(event, { oldValue: oldName, newValue: this.displayName });
      else this.events.emit(event as "stateChanged");
    }
    this.takeStreams(person.streams ?? [], false);
  }

  /** A camera that is off stays in the list, for it may come back; a screen goes, and so does all of who has left. */
  takeStreams(now: StreamInfo[], left: boolean): void {
    for (const info of now) {
      const forgotten = this.streams.find((stream) => stream.id === FORGOTTEN && stream.kind === info.kind);
      if (forgotten) this.options.adopt(forgotten, info);
    }
    const on = new Set(now.map((stream) => stream.id));
    const off = this.streams.filter((stream) => !on.has(stream.id));
    const added = now.filter((info) => !this.streams.some((stream) => stream.id === info.id)).map(this.options.stream);
    // Another device's camera takes the place of one that is off.
    const removed = off.filter((stream) => left || stream.kind === "screen" || added.some((one) => one.kind === "camera"));
    if (added.length + removed.length > 0) {
      this.streams = [...this.streams.filter((stream) => !removed.includes(stream)), ...added];
      this.public = this.streams.map((stream) => stream.facade);
    }
    for (const stream of off) stream.setAvailable(false);
    for (const stream of removed) this.options.drop(stream);
    for (const stream of this.streams) if (on.has(stream.id)) stream.setAvailable(true);
    if (added.length + removed.length > 0)
      this.events.emit("videoStreamsUpdated", { added: added.map((stream) => stream.facade), removed: removed.map((stream) => stream.facade) });
  }

  move(state: RemoteParticipantState, endReason?: CallEndReason): void {
    if (state === this.state) return;
    this.state = state;
    this.endReason = endReason ?? this.endReason;
    this.events.emit("stateChanged");
  }

  /** The server has lost the call. Pictures keep their objects, for they may come back under another number. */
  forget(): void {
    this.speak(false);
    for (const stream of this.streams) stream.id = FORGOTTEN;
  }

  speak(speaking: boolean): void {
    if (speaking === this.speaking) return;
    this.speaking = speaking;
    this.events.emit("isSpeakingChanged");
  }

  private makeFacade(): RemoteParticipant {
    const self = this;
    const named = identifier(this.id);
    return {
      identifier: named,
      get displayName() {
        return self.displayName;
      },
      get hasDisplayNameChanged() {
        return self.renamed;
      },
      get endpointDetails() {
        return self.endpoints.map((participantId) => ({ participantId }));
      },
      get state() {
        return self.state;
      },
      get callEndReason() {
        return self.endReason;
      },
      get videoStreams() {
        return self.public;
      },
      get isMuted() {
        return self.muted;
      },
      get isSpeaking() {
        return self.speaking;
      },
      get role() {
        return self.role;
      },
      mute: () => self.options.mute(self.id),
      on: self.events.on as RemoteParticipant["on"],
      off: self.events.off as RemoteParticipant["off"],
    };
  }
}
