// Raised hands, spotlight and reactions: state that the server keeps for all.
import type { CommunicationIdentifierKind } from "@azure/communication-common";
import type { CallCore } from "../calls/call";
import { Emitter } from "../emitter";
import { failure } from "../errors";
import { identifier, rawIds } from "../identifiers";
import type { Frame } from "../signalling/socket";
import type { Made } from "./made";
import type {
  RaisedHand,
  RaisedHandChangedEvent,
  RaiseHandCallFeature,
  Reaction,
  ReactionCallFeature,
  ReactionEventPayload,
  SpotlightCallFeature,
  SpotlightedParticipant,
} from "./types";

/**
 * Hands a list of people on as the server has said it, and anew with each change of the roster: of
 * who is named before the page has a participant for it, the page is told with the participant.
 */
function followPeople(call: CallCore, t: string, take: (message: Frame) => void): void {
  let said: Frame = { t };
  call.inner.on("message", (message) => {
    if (message.t === t) said = message;
    if (message.t === t || message.t === "roster") take(said);
  });
}

/** Whether a page has somebody for an id: the user, or a participant. */
function isKnown(call: CallCore, id: string): boolean {
  return id === call.context.session.welcome?.user || call.roster.find(id) !== undefined;
}

export function raiseHand(call: CallCore): Made<RaiseHandCallFeature> {
  type Names = "raisedHandEvent" | "loweredHandEvent" | "raisedHandChanged" | "loweredHandChanged";
  const events = new Emitter<Record<Names, RaisedHandChangedEvent>>();
  let raised: { id: string; order: number }[] = [];
  followPeople(call, "hands", (message) => {
    const before = raised;
    raised = (message.raised as typeof raised | undefined)?.filter(({ id }) => isKnown(call, id)) ?? [];
    tell(before, raised, "loweredHandEvent", "loweredHandChanged");
    tell(raised, before, "raisedHandEvent", "raisedHandChanged");
  });
  /** Those who are in the first list alone. */
  function tell(first: { id: string }[], second: { id: string }[], ...names: Names[]): void {
    for (const { id } of first) {
      if (second.some((other) => other.id === id)) continue;
      for (const name of names) events.emit(name, { identifier: identifier(id) });
    }
  }
  return {
    name: "RaiseHand",
    raiseHand: async () => void (await call.ask("hand.raise")),
    lowerHand: async () => void (await call.ask("hand.lower")),
    lowerHands: async (people) => void (await call.ask("hand.lower", { who: rawIds(people) })),
    lowerAllHands: async () => void (await call.ask("hand.lower", { all: true })),
    getRaisedHands: (): RaisedHand[] => raised.map(({ id, order }) => ({ identifier: identifier(id), order })),
    on: events.on as RaiseHandCallFeature["on"],
    off: events.off as RaiseHandCallFeature["off"],
  };
}

/** As the server's limit. */
const SPOTLIGHTS = 7;

export function spotlight(call: CallCore): Made<SpotlightCallFeature> {
  const events = new Emitter<{ spotlightChanged: { added: SpotlightedParticipant[]; removed: SpotlightedParticipant[] } }>();
  let ids: string[] = [];
  const shown = (id: string, order: number): SpotlightedParticipant => ({ identifier: identifier(id), order });
  followPeople(call, "spotlight", (message) => {
    const before = ids;
    ids = (message.people as string[] | undefined)?.filter((id) => isKnown(call, id)) ?? [];
    const added = ids.filter((id) => !before.includes(id)).map((id) => shown(id, ids.indexOf(id) + 1));
    const removed = before.filter((id) => !ids.includes(id)).map((id) => shown(id, before.indexOf(id) + 1));
    if (added.length + removed.length > 0) events.emit("spotlightChanged", { added, removed });
  });
  const self = (): string[] => [call.context.session.welcome?.user ?? ""];
  return {
    name: "Spotlight",
    maxParticipantsToSpotlight: SPOTLIGHTS,
    startSpotlight: async (people) => void (await call.ask("spotlight.set", { add: people ? rawIds(people) : self() })),
    stopSpotlight: async (people) => void (await call.ask("spotlight.set", { remove: people ? rawIds(people) : self() })),
    stopAllSpotlight: async () => void (await call.ask("spotlight.set", { clear: true })),
    getSpotlightedParticipants: () => ids.map((id, i) => shown(id, i + 1)),
    on: events.on as SpotlightCallFeature["on"],
    off: events.off as SpotlightCallFeature["off"],
  };
}

const REACTIONS: Reaction[] = ["like", "heart", "laugh", "surprised", "applause"];

/**
 * Who reacts. Microsoft's UI library takes the identifier for a raw id, in contrast to its type: it looks
 * participants up by it, and compares the user's own with a text.
 */
function alsoRaw(id: string, own: boolean): CommunicationIdentifierKind {
  if (own) return id as never;
  return Object.defineProperty(identifier(id), "toString", { value: () => id });
}

export function reaction(call: CallCore): Made<ReactionCallFeature> {
  const events = new Emitter<{ reaction: ReactionEventPayload }>();
  call.inner.on("message", (message) => {
    if (message.t !== "reaction" || !REACTIONS.includes(message.reaction)) return;
    events.emit("reaction", { identifier: alsoRaw(message.who, message.who === call.context.session.welcome?.user), reactionMessage: { reactionType: message.reaction } });
  });
  return {
    name: "Reaction",
    sendReaction: async (message) => {
      const reactionType = message?.reactionType;
      if (!REACTIONS.includes(reactionType)) throw failure(400, 0, `not a reaction: ${String(reactionType)}`);
      if (call.kind === "twoParty") throw failure(400, 0, "a call of two has no reactions");
      await call.ask("reaction.send", { reaction: reactionType });
    },
    on: events.on as ReactionCallFeature["on"],
    off: events.off as ReactionCallFeature["off"],
  };
}
