// What a call is made with: what its agent gives it, and how it begins.
import type { Devices } from "../media/devices";
import type { Session } from "../signalling/session";
import type { AudioOptions, CallDirection, CallerInfo, VideoOptions } from "../types";
import type { CallCore } from "./call";

/** What a call needs of its agent. */
export interface CallContext {
  session: Session;
  /** Of the user of this client, if the application gave it. */
  displayName?: string;
  devices: Devices;
  iceServers(): RTCIceServer[];
  log(line: string): void;
  /** The application does not mind that the server is told how media go. */
  reportMedia: boolean;
  /** The server's id of a call, of the one that applications see. */
  idOf(shown: string): string;
  /** The call is being talked in from now on: the others have to be held. */
  active(call: CallCore): void;
  /** The call has gone: it leaves the agent's list. */
  ended(call: CallCore): void;
}

export interface CallBeginning {
  id: string;
  direction: CallDirection;
  caller?: CallerInfo;
  groupId?: string;
  roomId?: string;
  /** Whom the call is for. */
  to?: string[];
  audio?: AudioOptions;
  video?: VideoOptions;
}
