// What a call tells: to applications, and to the features of the package.
import type { Emitter } from "../emitter";
import type { LocalAudioStream } from "../media/localaudiostream";
import type { PeerState } from "../media/peer";
import type { LocalVideoStream } from "../media/localvideostream";
import type { RemoteAudioStream, RemoteParticipant } from "../types";
import type { Frame } from "../signalling/socket";

export interface CallEvents {
  idChanged: void;
  stateChanged: void;
  callerInfoChanged: void;
  transferorInfoChanged: void;
  isMutedChanged: void;
  mutedByOthers: void;
  isIncomingAudioMutedChanged: void;
  isScreenSharingOnChanged: void;
  isLocalVideoStartedChanged: void;
  roleChanged: void;
  remoteParticipantsUpdated: { added: RemoteParticipant[]; removed: RemoteParticipant[] };
  localVideoStreamsUpdated: { added: LocalVideoStream[]; removed: LocalVideoStream[] };
  localAudioStreamsUpdated: { added: LocalAudioStream[]; removed: LocalAudioStream[] };
  remoteAudioStreamsUpdated: { added: RemoteAudioStream[]; removed: RemoteAudioStream[] };
}

/** For the features of a call. */
export interface InnerEvents {
  /** A message of the server about this call. */
  message: Frame;
  /** The media path. */
  peer: PeerState;
  /** The signalling is there (true) or gone. */
  signalling: boolean;
  microphone: { works: boolean; denied: boolean; ended?: boolean };
  microphoneSilenced: boolean;
  /** A camera works (no member), or does not. */
  camera: { failed?: boolean; denied?: boolean; timedOut?: boolean; stopped?: boolean };
  screen: { failed?: boolean; disabled?: boolean; stopped?: boolean };
  /** The server has the call again that it had lost. */
  rejoined: void;
  over: void;
}

export type CallEmitter = Emitter<CallEvents>;
