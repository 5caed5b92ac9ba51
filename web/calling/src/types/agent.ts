// An agent, and a call that rings at it.
import type { CallAgentFeature, CallAgentFeatureFactory } from "../features/feature";
import type { Call, CallInfo } from "./call";
import type {
  AcceptCallOptions,
  CustomContext,
  GroupCallLocator,
  JoinCallOptions,
  RoomCallLocator,
  StartCallOptions,
  TeamsMeetingCoordinatesLocator,
  TeamsMeetingIdLocator,
  TeamsMeetingLinkLocator,
} from "./options";
import type { CallerInfo } from "./people";
import type { CallAgentKind, CallEndReason, CallableIdentifier, CollectionUpdatedEvent, CommunicationIdentifier, ConnectionState, IncomingCallKind, PropertyChangedEvent } from "./values";

export interface IncomingCallCommon {
  readonly kind: IncomingCallKind;
  readonly id: string;
  readonly callerInfo: CallerInfo;
  readonly transferorInfo?: CallerInfo;
  readonly customContext?: CustomContext;
  readonly callEndReason?: CallEndReason;
  reject(): Promise<void>;
  on(event: "callEnded", listener: (args: { callEndReason: CallEndReason }) => void): void;
  on(event: "callerInfoChanged" | "transferorInfoChanged", listener: PropertyChangedEvent): void;
  off(event: "callEnded", listener: (args: { callEndReason: CallEndReason }) => void): void;
  off(event: "callerInfoChanged" | "transferorInfoChanged", listener: PropertyChangedEvent): void;
}
export interface IncomingCall extends IncomingCallCommon {
  readonly kind: "IncomingCall";
  readonly info: CallInfo;
  accept(options?: AcceptCallOptions): Promise<Call>;
}
export interface ConnectionStateChangedEventArgs {
  oldValue: ConnectionState;
  newValue: ConnectionState;
  reason?: ConnectionStateChangedReason;
}
export type ConnectionStateChangedReason = "invalidToken" | "connectionIssue";
export interface HandleIncomingCallEventArgs {
  callId: string;
  participantId: string;
  code: number;
  subCode?: number;
}
export interface CallAgentCommon {
  readonly kind: CallAgentKind;
  readonly connectionState: ConnectionState;
  dispose(): Promise<void>;
  feature<T extends CallAgentFeature>(factory: CallAgentFeatureFactory<T>): T;
}
export interface CallAgent extends CallAgentCommon {
  readonly kind: "CallAgent";
  readonly calls: ReadonlyArray<Call>;
  readonly displayName?: string;
  startCall(participants: CallableIdentifier[], options?: StartCallOptions): Call;
  startCall(participants: CommunicationIdentifier[], options?: StartCallOptions): Call;
  join(locator: GroupCallLocator | RoomCallLocator, options?: JoinCallOptions): Call;
  join(locator: TeamsMeetingLinkLocator | TeamsMeetingIdLocator | TeamsMeetingCoordinatesLocator, options?: JoinCallOptions): Call;
  on(event: "incomingCall", listener: (args: { incomingCall: IncomingCall }) => void): void;
  on(event: "callsUpdated", listener: CollectionUpdatedEvent<Call>): void;
  on(event: "connectionStateChanged", listener: (args: ConnectionStateChangedEventArgs) => void): void;
  on(event: "handleIncomingCall", listener: (args: HandleIncomingCallEventArgs) => void): void;
  off(event: "incomingCall", listener: (args: { incomingCall: IncomingCall }) => void): void;
  off(event: "callsUpdated", listener: CollectionUpdatedEvent<Call>): void;
  off(event: "connectionStateChanged", listener: (args: ConnectionStateChangedEventArgs) => void): void;
  off(event: "handleIncomingCall", listener: (args: HandleIncomingCallEventArgs) => void): void;
}
