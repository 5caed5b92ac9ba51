// Dominant speakers, raised hands, spotlight and reactions: types.
import type { CommunicationIdentifier, CommunicationIdentifierKind } from "@azure/communication-common";
import type { CallFeature } from "../feature";
import type { CollectionUpdatedEvent, PropertyChangedEvent } from "../../types";

export interface DominantSpeakersInfo {
  readonly speakersList: CommunicationIdentifierKind[];
  readonly timestamp: Date;
}
export interface DominantSpeakersCallFeature extends CallFeature {
  readonly dominantSpeakers: DominantSpeakersInfo;
  on(event: "dominantSpeakersChanged", listener: PropertyChangedEvent): void;
  off(event: "dominantSpeakersChanged", listener: PropertyChangedEvent): void;
}
export interface RaisedHand {
  readonly identifier: CommunicationIdentifierKind;
  readonly order: number;
}
export interface RaisedHandChangedEvent {
  identifier: CommunicationIdentifierKind;
}
export type RaisedHandListener = (args: RaisedHandChangedEvent) => void;
export interface RaiseHandCallFeature extends CallFeature {
  raiseHand(): Promise<void>;
  lowerHand(): Promise<void>;
  lowerHands(participants: CommunicationIdentifier[]): Promise<void>;
  lowerAllHands(): Promise<void>;
  getRaisedHands(): RaisedHand[];
  on(event: "raisedHandEvent" | "loweredHandEvent" | "raisedHandChanged" | "loweredHandChanged", listener: RaisedHandListener): void;
  off(event: "raisedHandEvent" | "loweredHandEvent" | "raisedHandChanged" | "loweredHandChanged", listener: RaisedHandListener): void;
}
export interface SpotlightedParticipant {
  readonly identifier: CommunicationIdentifierKind;
  readonly order?: number;
}
export interface SpotlightCallFeature extends CallFeature {
  readonly maxParticipantsToSpotlight: number;
  startSpotlight(participants?: CommunicationIdentifier[]): Promise<void>;
  stopSpotlight(participants?: CommunicationIdentifier[]): Promise<void>;
  stopAllSpotlight(): Promise<void>;
  getSpotlightedParticipants(): SpotlightedParticipant[];
  on(event: "spotlightChanged", listener: CollectionUpdatedEvent<SpotlightedParticipant>): void;
  off(event: "spotlightChanged", listener: CollectionUpdatedEvent<SpotlightedParticipant>): void;
}
export type Reaction = "like" | "heart" | "laugh" | "surprised" | "applause";
export interface ReactionMessage {
  readonly reactionType: Reaction;
  readonly name?: string;
}
export interface ReactionEventPayload {
  identifier: CommunicationIdentifierKind;
  reactionMessage: ReactionMessage;
}
export interface ReactionCallFeature extends CallFeature {
  sendReaction(reactionMessage: ReactionMessage): Promise<void>;
  on(event: "reaction", listener: (args: ReactionEventPayload) => void): void;
  off(event: "reaction", listener: (args: ReactionEventPayload) => void): void;
}
