// Generated from internal/webrtc/protocol/schema.json by go test ./internal/webrtc/protocol -update. Do not edit.

/** The version of the protocol. */
export const protocolVersion = 1;

/** CallState is how far a call of this client has come. */
export type CallState =
  | 'Connecting' // the server is setting the call up, or media is being negotiated
  | 'Ringing' // the callee is being told
  | 'EarlyMedia' // the callee, or an announcement, is heard before the answer
  | 'Connected' // media flows
  | 'LocalHold'; // this client holds the call

/** PersonState is what a participant does. */
export type PersonState =
  | 'Connecting' // invited; it has no endpoint yet
  | 'Ringing' // invited, and a device of it rings; it has no endpoint yet
  | 'Connected' // in the call
  | 'Hold'; // in the call, but held or holding: neither heard nor hearing

/** CallKind is what sort of call it is. */
export type CallKind =
  | 'twoParty' // it ends when one of the two leaves
  | 'group' // it goes on when one leaves
  | 'room'; // as a group, governed by roles

/** Role is what a participant of a room may do. */
export type Role =
  | 'Presenter' // everything
  | 'Attendee' // speaks, shows its camera
  | 'Collaborator' // as an Attendee, and shares its screen
  | 'Consumer'; // sees and hears

/** InvitationState is how far somebody has come whom this client invited. */
export type InvitationState =
  | 'Ringing' // being told
  | 'Connected' // in the call, and in its roster
  | 'Failed'; // will not come; code and subCode say why

/** TransferState is how far a transfer has come. */
export type TransferState =
  | 'Transferring' // the target is being told
  | 'Transferred' // the target has taken the call
  | 'Failed'; // nothing has changed; code and subCode say why

/** RecordingState is what a recording does. */
export type RecordingState =
  | 'active' // it records
  | 'paused'; // it leaves out what is said now

/** StreamKind is what a stream of pictures shows. */
export type StreamKind =
  | 'camera' // a camera
  | 'screen'; // a screen, a window or a tab

/** Pause is why nothing comes in a slot that has a stream. */
export type Pause =
  | 'bandwidth' // the path to this client does not carry it now
  | 'sender' // its sender sends nothing now: it begins, holds the call, or its path is interrupted
  | 'codec'; // this client has not offered the codec of the sender

/** Reaction is shown for a moment. */
export type Reaction =
  | 'like' // a thumb
  | 'heart' // a heart
  | 'laugh' // laughter
  | 'surprised' // surprise
  | 'applause'; // applause

/** Reason is why the server refused a request. */
export type Reason =
  | 'malformed' // the request has no or a wrong field
  | 'unknownType' // this version has no such request
  | 'noSuchCall' // the client has no call of that id, or it is over
  | 'state' // the call is not in a state for that
  | 'forbidden' // the role, the token or a rule does not permit it
  | 'notFound' // whom it names is not there
  | 'unsupported' // this server, or this kind of call, cannot do that
  | 'busy' // too much at once; try later
  | 'internal'; // a fault of the server

/** IceServer is a STUN or TURN server for RTCPeerConnection. */
export interface IceServer {
  /** addresses */
  urls: string[];
  /** of TURN */
  username?: string;
  /** of TURN */
  credential?: string;
}

/** Limits is what a session may do at most. */
export interface Limits {
  /** of a frame from the client */
  frameBytes: number;
  /** on average */
  requestsPerSecond: number;
  /** without an answer */
  openRequests: number;
  /** at once */
  calls: number;
  /** how often media.report is of use in a call, in ms; absent: never */
  reportMs?: number;
}

/** Header is a custom header of a call. */
export interface Header {
  /** its name, such as X-MS-Custom-Account */
  key: string;
  /** its text */
  value: string;
}

/** CustomContext is what a caller hands to who answers. */
export interface CustomContext {
  /** SIP's User-to-User */
  userToUser?: string;
  /** for phones */
  sipHeaders?: Header[];
  /** for clients and applications */
  voipHeaders?: Header[];
}

/** Person is a participant of a call, as others see it. */
export interface Person {
  /** raw id: 8:acs:…, 4:+… */
  id: string;
  /** as the participant gave it */
  displayName?: string;
  /** what it does */
  state: PersonState;
  /** nobody hears it */
  muted: boolean;
  /** in a room */
  role?: Role;
  /** participantId of each device that it is in with */
  endpoints: string[];
  /** pictures that it sends; may be empty */
  streams: Stream[];
}

/** Stream is a stream of pictures that is on. */
export interface Stream {
  /** unique in the call, from 1; the same when the camera is off and on again */
  id: number;
  /** what it shows */
  kind: StreamKind;
}

/** View is a stream that a client shows. */
export interface View {
  /** of the stream */
  id: number;
  /** of the largest view, in pixels of the screen; 0: it is hidden */
  width: number;
  /** of the largest view, in pixels of the screen; 0: it is hidden */
  height: number;
  /** 0 at first; who is pinned or in the spotlight has a higher one */
  priority?: number;
}

/** Slot is a place in which a client receives pictures. */
export interface Slot {
  /** of its m-line */
  mid: string;
  /** id of the stream that comes there; absent: none */
  stream?: number;
  /** why nothing comes; absent: it comes */
  paused?: Pause;
}

/** Capability says whether this client may do something. */
export interface Capability {
  /** it may */
  isPresent: boolean;
  /** Capable, RoleRestricted, CapabilityNotApplicableForTheCallType, MeetingRestricted, UserPolicyRestricted (the token permits to join alone) or FeatureNotSupported */
  reason: string;
}

/** IncomingCall is a call that rings at this client. */
export interface IncomingCall {
  /** id to accept or reject with; of the call from then on */
  call: string;
  /** raw id of the caller */
  from: string;
  /** of the caller */
  displayName?: string;
  /** what the caller hands over */
  customContext?: CustomContext;
}

/** RaisedHand is a participant who wants to speak. */
export interface RaisedHand {
  /** raw id */
  id: string;
  /** 1 is who raised the hand first */
  order: number;
}

/** Rating is what a user thinks of a call. */
export interface Rating {
  /** on the scale */
  score: number;
  /** of the scale */
  lowest: number;
  /** of the scale */
  highest: number;
  /** what was wrong, such as NoLocalAudio */
  issues?: string[];
}

/** RecordingInfo is a recording of a call that goes on. */
export interface RecordingInfo {
  /** recordingId */
  id: string;
  /** whether it takes in what is said */
  state: RecordingState;
}

/** CallSnapshot is all that the server knows of one call of this client. */
export interface CallSnapshot {
  /** id of the call */
  call: string;
  /** how far it has come */
  state: CallState;
  /** its names, once it has them */
  info?: Omit<CallInfo, 't' | 'seq'>;
  /** everybody else, once connected */
  roster?: Omit<Roster, 't' | 'seq'>;
  /** what this client may do */
  capabilities?: Omit<Capabilities, 't' | 'seq'>;
  /** somebody else has muted this client */
  muted: boolean;
  /** if the call is recorded */
  recording?: Omit<Recorded, 't' | 'seq'>;
  /** if what is said is written down */
  transcription?: Omit<Transcribed, 't' | 'seq'>;
  /** raised hands, if there are any */
  hands?: Omit<Hands, 't' | 'seq'>;
  /** who is in the spotlight, if anybody */
  spotlight?: Omit<Spotlight, 't' | 'seq'>;
  /** what comes where, if the client receives pictures */
  slots?: Omit<Slots, 't' | 'seq'>;
  /** what of its pictures anybody wants, if it sends some */
  layers?: Omit<Layers, 't' | 'seq'>;
}

/** Snapshot replaces all that the client knows, where what it missed is no longer kept. */
export interface Snapshot {
  /** what rings */
  incoming: IncomingCall[];
  /** what goes on; every other call has ended with 410/3101 */
  calls: CallSnapshot[];
}

/** Hello opens a session, or resumes one. It is the first frame of every socket. */
export interface Hello {
  t: 'hello';
  /** Of the request. */
  id: string;
  /** The last event that was seen. */
  ack?: number;
  /** of this protocol */
  version: number;
  /** access token of the user; nowhere else */
  token: string;
  /** to resume */
  session?: string;
  /** the last event that was seen in that session */
  lastSeq?: number;
  /** how others shall see the user; at most 256 characters */
  displayName?: string;
  /** library and browser, for logs and records */
  userAgent?: string;
}

/** Token replaces the access token, which is about to expire. */
export interface Token {
  t: 'token';
  /** Of the request. */
  id: string;
  /** The last event that was seen. */
  ack?: number;
  /** of the same user */
  token: string;
}

/** Ping asks for a sign of life: scripts do not see the ping frames of a WebSocket. */
export interface Ping {
  t: 'ping';
  /** Of the request. */
  id: string;
  /** The last event that was seen. */
  ack?: number;
}

/** Ice asks for the servers of welcome again, with new credentials: those of TURN open allocations for ten minutes. */
export interface Ice {
  t: 'ice';
  /** Of the request. */
  id: string;
  /** The last event that was seen. */
  ack?: number;
}

/** Ack says in its ack what was seen, where nothing else is to be sent. */
export interface Ack {
  t: 'ack';
  /** The last event that was seen. */
  ack?: number;
}

/** Bye ends the session and its calls at once (0/4521 for others). */
export interface Bye {
  t: 'bye';
  /** The last event that was seen. */
  ack?: number;
  /** secret of the session, where bye is the first frame in the place of hello: of a client whose token is no longer good */
  session?: string;
}

/** CallStart calls somebody. One target: a call of two; several: a group. */
export interface CallStart {
  t: 'call.start';
  /** Of the request. */
  id: string;
  /** The last event that was seen. */
  ack?: number;
  /** a new GUID of the client */
  call: string;
  /** raw ids */
  to: string[];
  /** owned number that phone numbers see; required to call one */
  alternateCallerId?: string;
  /** for who answers */
  customContext?: CustomContext;
  /** begin muted */
  muted?: boolean;
}

/** CallJoin joins a room or a group; exactly one of the two is given. */
export interface CallJoin {
  t: 'call.join';
  /** Of the request. */
  id: string;
  /** The last event that was seen. */
  ack?: number;
  /** a new GUID of the client */
  call: string;
  /** id of a room */
  room?: string;
  /** a GUID */
  group?: string;
  /** begin muted */
  muted?: boolean;
}

/** CallAccept takes a call that rings. The first client of the user wins; the others get error 487/10003. */
export interface CallAccept {
  t: 'call.accept';
  /** Of the request. */
  id: string;
  /** The last event that was seen. */
  ack?: number;
  /** of incoming */
  call: string;
  /** begin muted */
  muted?: boolean;
}

/** CallReject refuses a call that rings, for this client alone: others of the user ring on. */
export interface CallReject {
  t: 'call.reject';
  /** Of the request. */
  id: string;
  /** The last event that was seen. */
  ack?: number;
  /** of incoming */
  call: string;
}

/** CallHangup leaves a call, or gives it up. call.ended follows. */
export interface CallHangup {
  t: 'call.hangup';
  /** Of the request. */
  id: string;
  /** The last event that was seen. */
  ack?: number;
  /** id of the call */
  call: string;
  /** ends it for all; not in rooms */
  forEveryone?: boolean;
}

/** CallHold stops hearing and being heard; call.state LocalHold follows. */
export interface CallHold {
  t: 'call.hold';
  /** Of the request. */
  id: string;
  /** The last event that was seen. */
  ack?: number;
  /** id of the call */
  call: string;
}

/** CallResume ends the hold; call.state Connected follows. */
export interface CallResume {
  t: 'call.resume';
  /** Of the request. */
  id: string;
  /** The last event that was seen. */
  ack?: number;
  /** id of the call */
  call: string;
}

/** CallTransfer lets the other of a call of two talk to somebody else instead. call.transfer tells the outcome. */
export interface CallTransfer {
  t: 'call.transfer';
  /** Of the request. */
  id: string;
  /** The last event that was seen. */
  ack?: number;
  /** id of the call */
  call: string;
  /** raw id of who shall take the client's place */
  to?: string;
  /** id of another call of the client, in place of to: those in both go on without it */
  toCall?: string;
  /** for who answers */
  customContext?: CustomContext;
}

/** CallTone presses a key. */
export interface CallTone {
  t: 'call.tone';
  /** Of the request. */
  id: string;
  /** The last event that was seen. */
  ack?: number;
  /** id of the call */
  call: string;
  /** one of 0123456789ABCD#* */
  tone: string;
}

/** ParticipantAdd invites somebody; invitation tells the outcome. A call of two becomes a group. */
export interface ParticipantAdd {
  t: 'participant.add';
  /** Of the request. */
  id: string;
  /** The last event that was seen. */
  ack?: number;
  /** id of the call */
  call: string;
  /** raw id */
  who: string;
  /** as in call.start */
  alternateCallerId?: string;
  /** for who answers */
  customContext?: CustomContext;
}

/** ParticipantRemove takes somebody out of the call, or calls off who is being invited. */
export interface ParticipantRemove {
  t: 'participant.remove';
  /** Of the request. */
  id: string;
  /** The last event that was seen. */
  ack?: number;
  /** id of the call */
  call: string;
  /** raw id */
  who: string;
}

/** ParticipantMute mutes somebody, who may unmute. Not in a call of two. */
export interface ParticipantMute {
  t: 'participant.mute';
  /** Of the request. */
  id: string;
  /** The last event that was seen. */
  ack?: number;
  /** id of the call */
  call: string;
  /** raw id */
  who: string;
}

/** ParticipantMuteAll mutes everybody else. */
export interface ParticipantMuteAll {
  t: 'participant.muteAll';
  /** Of the request. */
  id: string;
  /** The last event that was seen. */
  ack?: number;
  /** id of the call */
  call: string;
}

/** MediaOffer is the client's session description. The client alone offers. */
export interface MediaOffer {
  t: 'media.offer';
  /** Of the request. */
  id: string;
  /** The last event that was seen. */
  ack?: number;
  /** id of the call */
  call: string;
  /** 1, 2, …: an answer to an older offer is dropped */
  n: number;
  /** RFC 8829, with the m-lines of this page */
  sdp: string;
}

/** MediaState says what the client sends; members that are absent stay as they are. */
export interface MediaState {
  t: 'media.state';
  /** Of the request. */
  id: string;
  /** The last event that was seen. */
  ack?: number;
  /** id of the call */
  call: string;
  /** false mutes; true lifts a mute by others too */
  microphone?: boolean;
  /** true: its pictures pass from now on, and others are told of the stream */
  camera?: boolean;
  /** the same of the screen; true ends what anybody else shares */
  screen?: boolean;
  /** true: the sound on mid 0 has that of the screen, and passes while the screen is shared, though microphone is false */
  screenSound?: boolean;
}

/** MediaWant replaces the list of what the client shows. It receives nothing else. */
export interface MediaWant {
  t: 'media.want';
  /** Of the request. */
  id: string;
  /** The last event that was seen. */
  ack?: number;
  /** id of the call */
  call: string;
  /** the whole list; 64 at most. Where there are more of them than slots, who speaks comes first */
  streams: View[];
}

/** MediaReport says how media went since the last report, for who looks into the call. It changes nothing; one that comes too soon is dropped. */
export interface MediaReport {
  t: 'media.report';
  /** Of the request. */
  id: string;
  /** The last event that was seen. */
  ack?: number;
  /** id of the call */
  call: string;
  /** packets of sound that came */
  received: number;
  /** packets of sound that did not */
  lost: number;
  /** of what came (RFC 3550) */
  jitterMs: number;
  /** delay of the jitter buffer */
  bufferMs: number;
  /** sound that was made up in place of what did not come */
  concealedMs: number;
  /** of the path; 0: not known */
  roundTripMs: number;
  /** kbit/s of all media that was sent */
  sentKbps: number;
  /** kbit/s of all media that came */
  receivedKbps: number;
  /** level of the microphone, 0 to 100 */
  spoken: number;
  /** level of what is heard, 0 to 100 */
  heard: number;
  /** kinds of the candidates in use, such as udp host to prflx; at most 64 bytes */
  pair?: string;
}

/** HandRaise raises this user's hand; hands tells all. */
export interface HandRaise {
  t: 'hand.raise';
  /** Of the request. */
  id: string;
  /** The last event that was seen. */
  ack?: number;
  /** id of the call */
  call: string;
}

/** HandLower lowers this user's hand, or others'. */
export interface HandLower {
  t: 'hand.lower';
  /** Of the request. */
  id: string;
  /** The last event that was seen. */
  ack?: number;
  /** id of the call */
  call: string;
  /** raw ids; absent: this user. Others' need the right to manage */
  who?: string[];
  /** everybody's */
  all?: boolean;
}

/** SpotlightSet changes who is in the spotlight; needs the right to manage, but for leaving it oneself. */
export interface SpotlightSet {
  t: 'spotlight.set';
  /** Of the request. */
  id: string;
  /** The last event that was seen. */
  ack?: number;
  /** id of the call */
  call: string;
  /** raw ids; 7 at most in all */
  add?: string[];
  /** raw ids */
  remove?: string[];
  /** everybody leaves it */
  clear?: boolean;
}

/** ReactionSend shows a reaction to all; not in a call of two. Of one user 16 at once and 4 a second are shown, in a call 50 a second, fewer in large ones; else 429. */
export interface ReactionSend {
  t: 'reaction.send';
  /** Of the request. */
  id: string;
  /** The last event that was seen. */
  ack?: number;
  /** id of the call */
  call: string;
  /** which */
  reaction: Reaction;
}

/** TextSend shows others what is being typed. */
export interface TextSend {
  t: 'text.send';
  /** Of the request. */
  id: string;
  /** The last event that was seen. */
  ack?: number;
  /** id of the call */
  call: string;
  /** the same while a text grows; the next after it is final */
  n: number;
  /** all of it, 2,000 characters at most */
  text: string;
  /** it is complete */
  final: boolean;
}

/** CaptionsSet begins or ends captions of what is said, for this client. */
export interface CaptionsSet {
  t: 'captions.set';
  /** Of the request. */
  id: string;
  /** The last event that was seen. */
  ack?: number;
  /** id of the call */
  call: string;
  /** it wants them */
  on: boolean;
  /** that is spoken, for all who read captions: BCP 47 with a region, such as en-US */
  language?: string;
}

/** DataSend sends bytes of the application to other clients of the call. */
export interface DataSend {
  t: 'data.send';
  /** Of the request. */
  id: string;
  /** The last event that was seen. */
  ack?: number;
  /** id of the call */
  call: string;
  /** 1 to 65535 */
  channel: number;
  /** of the sender: a channel that is opened anew has another; at most 64 bytes */
  session: string;
  /** raw ids, 64 at most; absent or empty: everybody */
  to?: string[];
  /** 1, 2, … in the session */
  n: number;
  /** base64 of at most 32 KiB */
  data?: string;
  /** the last of the session */
  closed?: boolean;
}

/** Survey says what the user thinks of a call, also of one that has ended in this session. */
export interface Survey {
  t: 'survey';
  /** Of the request. */
  id: string;
  /** The last event that was seen. */
  ack?: number;
  /** id of the call */
  call: string;
  /** of the call */
  overall?: Rating;
  /** of its sound */
  audio?: Rating;
  /** of its pictures */
  video?: Rating;
  /** of shared screens */
  screenshare?: Rating;
}

/** Welcome answers hello. */
export interface Welcome {
  t: 'welcome';
  /** The request that is answered. */
  re: string;
  /** a secret to resume with */
  session: string;
  /** the session goes on; false: it is new */
  resumed: boolean;
  /** how long the session outlives its socket */
  graceMs: number;
  /** milliseconds since 1970 */
  serverTime: number;
  /** how long the token is good */
  tokenExpiresMs: number;
  /** raw id */
  user: string;
  /** for RTCPeerConnection; may be empty */
  iceServers: IceServer[];
  /** of the session */
  limits: Limits;
  /** where the events that were missed are no longer kept */
  snapshot?: Snapshot;
}

/** OK answers a request that has no answer of its own. */
export interface OK {
  t: 'ok';
  /** The request that is answered. */
  re: string;
}

/** Refusal answers a request that is refused. Nothing has changed. */
export interface Refusal {
  t: 'error';
  /** The request that is answered. */
  re: string;
  /** for programs */
  reason: Reason;
  /** of ACS */
  code: number;
  /** of ACS */
  subCode: number;
  /** for people */
  message: string;
}

/** IceServers answers ice. */
export interface IceServers {
  t: 'ice.servers';
  /** The request that is answered. */
  re: string;
  /** for RTCPeerConnection; may be empty */
  iceServers: IceServer[];
}

/** Goaway says that the server will stop: no new calls. */
export interface Goaway {
  t: 'goaway';
  /** Of the event; absent inside of a snapshot. */
  seq?: number;
  /** when the socket will be closed at the latest */
  inMs: number;
}

/** TokenNeeded asks for a new token. */
export interface TokenNeeded {
  t: 'token.needed';
  /** Of the event; absent inside of a snapshot. */
  seq?: number;
  /** when the socket is closed with 4401 otherwise */
  inMs: number;
}

/** Incoming is a call that rings at this client. */
export interface Incoming {
  t: 'incoming';
  /** Of the event; absent inside of a snapshot. */
  seq?: number;
  /** who calls */
  incoming: IncomingCall;
}

/** IncomingEnded says that a call rings no longer here. */
export interface IncomingEnded {
  t: 'incoming.ended';
  /** Of the event; absent inside of a snapshot. */
  seq?: number;
  /** of incoming */
  call: string;
  /** of ACS: 487 */
  code: number;
  /** 0 given up, 10003 accepted elsewhere, 10004 not answered in time */
  subCode: number;
  /** for people */
  message: string;
}

/** CallStateChanged says how far a call has come. */
export interface CallStateChanged {
  t: 'call.state';
  /** Of the event; absent inside of a snapshot. */
  seq?: number;
  /** id of the call */
  call: string;
  /** the state */
  state: CallState;
}

/** CallInfo tells the names of a call; again when they change. */
export interface CallInfo {
  t: 'call.info';
  /** Of the event; absent inside of a snapshot. */
  seq?: number;
  /** id of the call */
  call: string;
  /** for Call Automation */
  serverCallId: string;
  /** GUID of this client in the call; others see it in endpoints */
  participantId: string;
  /** what sort of call */
  kind: CallKind;
}

/** CallEnded is the last event of a call. */
export interface CallEnded {
  t: 'call.ended';
  /** Of the event; absent inside of a snapshot. */
  seq?: number;
  /** id of the call */
  call: string;
  /** of ACS */
  code: number;
  /** of ACS */
  subCode: number;
  /** for people */
  message: string;
}

/** CallTransferChanged says how far a transfer by this client has come. */
export interface CallTransferChanged {
  t: 'call.transfer';
  /** Of the event; absent inside of a snapshot. */
  seq?: number;
  /** id of the call */
  call: string;
  /** the state */
  state: TransferState;
  /** of ACS, where it failed */
  code?: number;
  /** of ACS */
  subCode?: number;
}

/** CallTransferred says that the other of a call of two has handed this client over: it talks to somebody else now, in the same call. */
export interface CallTransferred {
  t: 'call.transferred';
  /** Of the event; absent inside of a snapshot. */
  seq?: number;
  /** id of the call */
  call: string;
  /** raw id of who has taken the other's place */
  to: string;
}

/** Roster says who else is in the call. */
export interface Roster {
  t: 'roster';
  /** Of the event; absent inside of a snapshot. */
  seq?: number;
  /** id of the call */
  call: string;
  /** grows with each change */
  version: number;
  /** everybody is in set; who is not has left */
  full: boolean;
  /** who came or changed */
  set: Person[];
  /** raw ids of who left */
  removed: string[];
}

/** RoleChanged tells this client's role in a room. */
export interface RoleChanged {
  t: 'role';
  /** Of the event; absent inside of a snapshot. */
  seq?: number;
  /** id of the call */
  call: string;
  /** the role */
  role: Role;
}

/** Capabilities says what this client may do. */
export interface Capabilities {
  t: 'capabilities';
  /** Of the event; absent inside of a snapshot. */
  seq?: number;
  /** id of the call */
  call: string;
  /** all of them at first, later those that changed, by name */
  capabilities: Record<string, Capability>;
  /** None at first; RoleChanged; MeetingOptionOrOrganizerPolicyChanged where the room or the kind of the call has changed */
  reason: string;
}

/** Speakers says who speaks; at most three times a second. */
export interface Speakers {
  t: 'speakers';
  /** Of the event; absent inside of a snapshot. */
  seq?: number;
  /** id of the call */
  call: string;
  /** raw ids of who speaks now */
  speaking: string[];
  /** raw ids, who speaks most first */
  dominant: string[];
}

/** Muted says that others have muted this client. */
export interface Muted {
  t: 'muted';
  /** Of the event; absent inside of a snapshot. */
  seq?: number;
  /** id of the call */
  call: string;
  /** false: the mute was lifted */
  muted: boolean;
}

/** Invitation says how far somebody has come whom this client invited. */
export interface Invitation {
  t: 'invitation';
  /** Of the event; absent inside of a snapshot. */
  seq?: number;
  /** id of the call */
  call: string;
  /** raw id */
  who: string;
  /** the state */
  state: InvitationState;
  /** of ACS, where it failed */
  code?: number;
  /** of ACS */
  subCode?: number;
}

/** Recorded says whether the call is recorded. */
export interface Recorded {
  t: 'recording';
  /** Of the event; absent inside of a snapshot. */
  seq?: number;
  /** id of the call */
  call: string;
  /** those that go on; one at most */
  recordings: RecordingInfo[];
}

/** Transcribed says whether an application has what is said written down. */
export interface Transcribed {
  t: 'transcription';
  /** Of the event; absent inside of a snapshot. */
  seq?: number;
  /** id of the call */
  call: string;
  /** it does */
  active: boolean;
}

/** Caption is something that was said, as text. */
export interface Caption {
  t: 'caption';
  /** Of the event; absent inside of a snapshot. */
  seq?: number;
  /** id of the call */
  call: string;
  /** raw id of the speaker */
  who: string;
  /** of the speaker */
  displayName?: string;
  /** what was understood */
  text: string;
  /** false: the next caption of this speaker replaces it */
  final: boolean;
  /** that is taken for spoken */
  language: string;
  /** milliseconds since 1970 */
  time: number;
}

/** CaptionsEnded says that there are no more captions, although this client wanted them: nobody understands what is said. */
export interface CaptionsEnded {
  t: 'captions.ended';
  /** Of the event; absent inside of a snapshot. */
  seq?: number;
  /** id of the call */
  call: string;
}

/** Hands says whose hands are raised. */
export interface Hands {
  t: 'hands';
  /** Of the event; absent inside of a snapshot. */
  seq?: number;
  /** id of the call */
  call: string;
  /** all of them */
  raised: RaisedHand[];
}

/** Spotlight says who is in the spotlight. */
export interface Spotlight {
  t: 'spotlight';
  /** Of the event; absent inside of a snapshot. */
  seq?: number;
  /** id of the call */
  call: string;
  /** raw ids, all of them, in their order */
  people: string[];
}

/** Reacted shows somebody's reaction. */
export interface Reacted {
  t: 'reaction';
  /** Of the event; absent inside of a snapshot. */
  seq?: number;
  /** id of the call */
  call: string;
  /** raw id */
  who: string;
  /** which */
  reaction: Reaction;
}

/** Text shows what somebody types. */
export interface Text {
  t: 'text';
  /** Of the event; absent inside of a snapshot. */
  seq?: number;
  /** id of the call */
  call: string;
  /** raw id */
  who: string;
  /** of the sender */
  displayName?: string;
  /** as the sender counts */
  n: number;
  /** all of it */
  text: string;
  /** it is complete */
  final: boolean;
}

/** Data brings bytes of another client. */
export interface Data {
  t: 'data';
  /** Of the event; absent inside of a snapshot. */
  seq?: number;
  /** id of the call */
  call: string;
  /** raw id */
  who: string;
  /** of the sender */
  channel: number;
  /** of the sender */
  session: string;
  /** as the sender counts */
  n: number;
  /** base64 */
  data?: string;
  /** the last of the session */
  closed?: boolean;
}

/** MediaAnswer answers media.offer. */
export interface MediaAnswer {
  t: 'media.answer';
  /** The request that is answered. */
  re: string;
  /** id of the call */
  call: string;
  /** of the offer */
  n: number;
  /** with all of the server's candidates */
  sdp: string;
}

/** Slots says which stream comes in which place. */
export interface Slots {
  t: 'media.slots';
  /** Of the event; absent inside of a snapshot. */
  seq?: number;
  /** id of the call */
  call: string;
  /** all of them, in the order of the m-lines */
  slots: Slot[];
}

/** Layers says what of its pictures anybody wants: what nobody wants need not be sent. */
export interface Layers {
  t: 'media.layers';
  /** Of the event; absent inside of a snapshot. */
  seq?: number;
  /** id of the call */
  call: string;
  /** RIDs of the encodings to send; empty: none */
  camera: string[];
  /** the screen is to be sent */
  screen: boolean;
}

/** Need asks for an offer with more slots: more streams are wanted than there are places. */
export interface Need {
  t: 'media.need';
  /** Of the event; absent inside of a snapshot. */
  seq?: number;
  /** id of the call */
  call: string;
  /** how many there should be in all */
  slots: number;
}

/** Stopped says that the server has ended a stream of this client: it no longer may send it, or somebody else shares now. */
export interface Stopped {
  t: 'media.stopped';
  /** Of the event; absent inside of a snapshot. */
  seq?: number;
  /** id of the call */
  call: string;
  /** which */
  kind: StreamKind;
}

/** What a client sends. */
export type ClientMessage =
  | Hello
  | Token
  | Ping
  | Ice
  | Ack
  | Bye
  | CallStart
  | CallJoin
  | CallAccept
  | CallReject
  | CallHangup
  | CallHold
  | CallResume
  | CallTransfer
  | CallTone
  | ParticipantAdd
  | ParticipantRemove
  | ParticipantMute
  | ParticipantMuteAll
  | MediaOffer
  | MediaState
  | MediaWant
  | MediaReport
  | HandRaise
  | HandLower
  | SpotlightSet
  | ReactionSend
  | TextSend
  | CaptionsSet
  | DataSend
  | Survey;

/** What the server sends. */
export type ServerMessage =
  | Welcome
  | OK
  | Refusal
  | IceServers
  | Goaway
  | TokenNeeded
  | Incoming
  | IncomingEnded
  | CallStateChanged
  | CallInfo
  | CallEnded
  | CallTransferChanged
  | CallTransferred
  | Roster
  | RoleChanged
  | Capabilities
  | Speakers
  | Muted
  | Invitation
  | Recorded
  | Transcribed
  | Caption
  | CaptionsEnded
  | Hands
  | Spotlight
  | Reacted
  | Text
  | Data
  | MediaAnswer
  | Slots
  | Layers
  | Need
  | Stopped;

/** Codes with which the server closes a socket. */
export const closeCodes = {
  /** a frame that is no message, or breaks a bound; the session is over */
  malformed: 4400,
  /** the token is missing, expired, revoked or of a deleted user; with a new one the session resumes */
  unauthorized: 4401,
  /** the token has no scope for calls, or the session is another user's */
  forbidden: 4403,
  /** there is no session to resume: begin a new one; calls of the old one ended with 410/3101, and those of rooms and groups can be joined anew */
  noSession: 4404,
  /** no hello within 5 s */
  noHello: 4408,
  /** the session goes on on another socket: do not reconnect */
  replaced: 4409,
  /** more waited to be sent than may: resume */
  tooSlow: 4413,
  /** the server speaks no version that the client does */
  version: 4426,
  /** too many requests, too many sessions of the user or address, or too many sockets that wait for their hello: wait before the next try */
  tooMany: 4429,
  /** the server stops: reconnect later; the session is over */
  stopping: 4503,
} as const;
