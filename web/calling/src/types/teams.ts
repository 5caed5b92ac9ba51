// Teams: the types that others import; nothing here makes one.
import type { CommunicationIdentifier } from "@azure/communication-common";
import type { AcceptCallOptions, AddPhoneNumberOptions, JoinCallOptions, StartCallOptions, TeamsMeetingCoordinatesLocator, TeamsMeetingIdLocator, TeamsMeetingLinkLocator } from "./options";
import type { CollectionUpdatedEvent, PropertyChangedEvent } from "./values";
import type { CallAgentCommon, ConnectionStateChangedEventArgs, IncomingCallCommon } from "./agent";
import type { CallCommon } from "./call";
import type { RemoteParticipant } from "./people";

export interface TeamsCallInfo {
  readonly threadId?: string;
  readonly participantId: string;
  getServerCallId(): Promise<string>;
  onCallInfoChanged(event: "callInfoChanged", listener: PropertyChangedEvent): void;
  offCallInfoChanged(event: "callInfoChanged", listener: PropertyChangedEvent): void;
}
export interface TeamsCall extends CallCommon {
  readonly kind: "TeamsCall";
  readonly info: TeamsCallInfo;
  readonly isEmergencyCall?: boolean;
  addParticipant(identifier: CommunicationIdentifier, options?: AddPhoneNumberOptions): RemoteParticipant;
  removeParticipant(identifier: CommunicationIdentifier): Promise<void>;
}
export interface TeamsIncomingCall extends IncomingCallCommon {
  readonly kind: "TeamsIncomingCall";
  readonly info: TeamsCallInfo;
  accept(options?: AcceptCallOptions): Promise<TeamsCall>;
}
export interface TeamsCallAgent extends CallAgentCommon {
  readonly kind: "TeamsCallAgent";
  readonly calls: ReadonlyArray<TeamsCall>;
  startCall(participants: CommunicationIdentifier | CommunicationIdentifier[], options?: StartCallOptions): TeamsCall;
  join(locator: TeamsMeetingLinkLocator | TeamsMeetingIdLocator | TeamsMeetingCoordinatesLocator, options?: JoinCallOptions): TeamsCall;
  on(event: "incomingCall", listener: (args: { incomingCall: TeamsIncomingCall }) => void): void;
  on(event: "callsUpdated", listener: CollectionUpdatedEvent<TeamsCall>): void;
  on(event: "connectionStateChanged", listener: (args: ConnectionStateChangedEventArgs) => void): void;
  off(event: "incomingCall", listener: (args: { incomingCall: TeamsIncomingCall }) => void): void;
  off(event: "callsUpdated", listener: CollectionUpdatedEvent<TeamsCall>): void;
  off(event: "connectionStateChanged", listener: (args: ConnectionStateChangedEventArgs) => void): void;
}
