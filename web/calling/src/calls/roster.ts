// Who else is in a call, as the server says it.
import { endReason } from "../errors";
import { isPhone } from "../identifiers";
import type { RemoteParticipant } from "../types";
import type { StreamInfo } from "./gallery";
import { Participant, type Person } from "./participant";
import type { RemoteVideo } from "./remotevideo";

export interface RosterMessage {
  version: number;
  full: boolean;
  set?: Person[];
  removed?: string[];
}

export interface RosterOptions {
  updated(change: { added: RemoteParticipant[]; removed: RemoteParticipant[] }): void;
  mute(id: string): Promise<void>;
  /** The pictures of a stream of the roster. */
  stream(info: StreamInfo): RemoteVideo;
  /** Pictures that the server had lost have come back, under this name. */
  adopt(stream: RemoteVideo, info: StreamInfo): void;
  /** They will not come back. */
  drop(stream: RemoteVideo): void;
}

/** How long who rang may take to be there: as long as the server waits for its media. */
const COMES_MS = 30_000;

export class Roster {
  /** In the call, or on the way into it. */
  private people = new Map<string, Participant>();
  /** Invited by this client; they enter `people` when the server says that they are called. */
  private invited = new Map<string, Participant>();
  private version = -1;
  private public: ReadonlyArray<RemoteParticipant> = [];
  /** Who was there when the server lost the call, or rang here, and may still come. */
  private spared = new Set<string>();
  private patience?: ReturnType<typeof setTimeout>;

  constructor(private options: RosterOptions) {}

  get participants(): ReadonlyArray<RemoteParticipant> {
    return this.public;
  }

  all(): Iterable<Participant> {
    return this.people.values();
  }

  find(id: string): Participant | undefined {
    return this.people.get(id);
  }

  /** Those whom a new call is for: they are seen while they ring. */
  call(ids: string[]): void {
    const added = ids.map((id) => this.put(new Participant(id, "Connecting", this.options)));
    this.announce(added, []);
  }

  /** Who rang here is seen from the beginning, though the server may say later that it is there. */
  expect(ids: string[]): void {
    this.call(ids);
    for (const id of ids) this.spared.add(id);
    this.spareUntil(Date.now() + COMES_MS);
  }

  /** All that are called are being told; "EarlyMedia": and are heard before they answer. */
  ringing(state: "Ringing" | "EarlyMedia"): void {
    for (const person of this.people.values()) if (person.coming) person.move(state);
  }

  /** Somebody is invited into the call that goes on. */
  invite(id: string): Participant {
    const known = this.people.get(id) ?? this.invited.get(id);
    if (known) return known;
    const person = new Participant(id, "Connecting", this.options);
    this.invited.set(id, person);
    return person;
  }

  /** An invitation has come to an end, or further. */
  invitation(id: string, state: "Ringing" | "Connected" | "Failed", code = 0, subCode = 0, message?: string): void {
    const person = this.invited.get(id);
    if (!person) return;
    if (state === "Ringing") {
      if (person.coming) person.move("Ringing");
      return;
    }
    this.invited.delete(id);
    if (state === "Failed") person.move("Disconnected", endReason(code, subCode, message));
  }

  take(message: RosterMessage): void {
    if (message.version < this.version) return;
    this.version = message.version;
    const added: Participant[] = [];
    for (const person of message.set ?? []) {
      this.spared.delete(person.id);
      let known = this.people.get(person.id);
      if (!known) {
        known = this.put(this.invited.get(person.id) ?? new Participant(person.id, "Idle", this.options));
        added.push(known);
      }
      known.take(person);
    }
    const gone = new Set(message.removed ?? []);
    if (message.full) {
      const here = new Set((message.set ?? []).map((person) => person.id));
      for (const id of this.people.keys()) if (!here.has(id) && !this.spared.has(id)) gone.add(id);
    }
    this.announce(added, this.takeAway(gone));
  }

  /** The server has lost the call. Other clients come back as this one does; phones, and who rang, do not. */
  forget(): void {
    this.version = -1;
    for (const id of [...this.invited.keys()]) this.invitation(id, "Failed", 410, 3101);
    for (const person of this.people.values()) {
      person.forget();
      if (!person.coming && !isPhone(person.id)) this.spared.add(person.id);
    }
  }

  /** Who has not come back by a time has left. */
  spareUntil(time: number): void {
    clearTimeout(this.patience);
    this.patience = setTimeout(() => {
      const away = [...this.spared];
      this.spared.clear();
      this.announce([], this.takeAway(away));
    }, Math.max(0, time - Date.now()));
  }

  /** The call is over: everybody is gone. */
  clear(): void {
    clearTimeout(this.patience);
    this.spared.clear();
    for (const id of [...this.invited.keys()]) this.invitation(id, "Failed", 487, 0);
    this.announce([], this.takeAway(new Set(this.people.keys())));
  }

  private takeAway(ids: Iterable<string>): Participant[] {
    const removed: Participant[] = [];
    for (const id of ids) {
      const person = this.people.get(id);
      if (!person) continue;
      this.people.delete(id);
      person.speak(false);
      person.takeStreams([], true);
      person.move("Disconnected");
      removed.push(person);
    }
    return removed;
  }

  private put(person: Participant): Participant {
    this.people.set(person.id, person);
    return person;
  }

  private announce(added: Participant[], removed: Participant[]): void {
    if (added.length + removed.length === 0) return;
    this.public = [...this.people.values()].map((person) => person.facade);
    this.options.updated({ added: added.map((person) => person.facade), removed: removed.map((person) => person.facade) });
  }
}
