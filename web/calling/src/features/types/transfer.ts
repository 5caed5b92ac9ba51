// Transfer: types.
import type { CommunicationIdentifier } from "@azure/communication-common";
import type { CallFeature } from "../feature";
import type { Call, CustomContext, PropertyChangedEvent, TeamsCall } from "../../types";

export type TransferState = "None" | "Transferring" | "Transferred" | "Failed";
export interface TransferErrorCode {
  code: number;
  subCode?: number;
}
export interface TransferToParticipantLocator {
  targetParticipant: CommunicationIdentifier;
}
export interface TransferToCallLocator {
  targetCallId: string;
}
export interface TransferToParticipantOptions {
  disableForwardingAndUnanswered?: boolean;
  customContext?: CustomContext;
}
export interface Transfer {
  readonly state: TransferState;
  readonly error?: TransferErrorCode;
  on(event: "stateChanged", listener: PropertyChangedEvent): void;
  off(event: "stateChanged", listener: PropertyChangedEvent): void;
}
export interface TransferEventArgs {
  targetCall: Call | TeamsCall;
}
export interface TransferCallFeature extends CallFeature {
  transfer(target: TransferToParticipantLocator, options?: TransferToParticipantOptions): Transfer;
  transfer(target: TransferToCallLocator, options?: TransferToParticipantOptions): Transfer;
  on(event: "transferAccepted", listener: (args: TransferEventArgs) => void): void;
  off(event: "transferAccepted", listener: (args: TransferEventArgs) => void): void;
}
