// The states of a call as applications see them.
//
//   None ──▶ Connecting ──▶ Ringing ──▶ Connected ⇄ LocalHold
//                 └───────────┴──▶      Connected ⇄ RemoteHold
//   any ──▶ Disconnecting ──▶ Disconnected (once, and last)
import type { CallState } from "../types";

const NEXT: Record<CallState, CallState[]> = {
  None: ["Connecting", "Connected", "Disconnecting"],
  Connecting: ["EarlyMedia", "Ringing", "InLobby", "Connected", "Disconnecting"],
  EarlyMedia: ["Ringing", "Connected", "Disconnecting"],
  Ringing: ["EarlyMedia", "Connected", "Disconnecting"],
  InLobby: ["Connected", "Disconnecting"],
  Connected: ["LocalHold", "RemoteHold", "Disconnecting"],
  LocalHold: ["Connected", "RemoteHold", "Disconnecting"],
  RemoteHold: ["Connected", "LocalHold", "Disconnecting"],
  Disconnecting: ["Disconnected"],
  Disconnected: [],
};

/** Whether a call may go from one state to the other. */
export function mayFollow(from: CallState, to: CallState): boolean {
  return NEXT[from].includes(to);
}

/** Whether people hear each other, or could without a hold. */
export function established(state: CallState): boolean {
  return state === "Connected" || state === "LocalHold" || state === "RemoteHold";
}

/** Whether the microphone is meant for the call. */
export function active(state: CallState): boolean {
  return state === "Connected" || state === "RemoteHold";
}

export function over(state: CallState): boolean {
  return state === "Disconnecting" || state === "Disconnected";
}

/** Whether nothing of this client may reach the others: it holds the call, or has hung up, which the server may hear of later. */
export function silent(state: CallState): boolean {
  return state === "LocalHold" || over(state);
}
