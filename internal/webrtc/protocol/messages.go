// Code generated from schema.json by go test ./internal/webrtc/protocol -update. DO NOT EDIT.

package protocol

// Version is the version of the protocol.
const Version = 1

// CallState is how far a call of this client has come.
type CallState string

// The values of CallState.
const (
	CallStateConnecting CallState = "Connecting" // the server is setting the call up, or media is being negotiated
	CallStateRinging    CallState = "Ringing"    // the callee is being told
	CallStateEarlyMedia CallState = "EarlyMedia" // the callee, or an announcement, is heard before the answer
	CallStateConnected  CallState = "Connected"  // media flows
	CallStateLocalHold  CallState = "LocalHold"  // this client holds the call
)

// PersonState is what a participant does.
type PersonState string

// The values of PersonState.
const (
	PersonStateConnecting PersonState = "Connecting" // invited; it has no endpoint yet
	PersonStateRinging    PersonState = "Ringing"    // invited, and a device of it rings; it has no endpoint yet
	PersonStateConnected  PersonState = "Connected"  // in the call
	PersonStateHold       PersonState = "Hold"       // in the call, but held or holding: neither heard nor hearing
)

// CallKind is what sort of call it is.
type CallKind string

// The values of CallKind.
const (
	CallKindTwoParty CallKind = "twoParty" // it ends when one of the two leaves
	CallKindGroup    CallKind = "group"    // it goes on when one leaves
	CallKindRoom     CallKind = "room"     // as a group, governed by roles
)

// Role is what a participant of a room may do.
type Role string

// The values of Role.
const (
	RolePresenter    Role = "Presenter"    // everything
	RoleAttendee     Role = "Attendee"     // speaks, shows its camera
	RoleCollaborator Role = "Collaborator" // as an Attendee, and shares its screen
	RoleConsumer     Role = "Consumer"     // sees and hears
)

// InvitationState is how far somebody has come whom this client invited.
type InvitationState string

// The values of InvitationState.
const (
	InvitationStateRinging   InvitationState = "Ringing"   // being told
	InvitationStateConnected InvitationState = "Connected" // in the call, and in its roster
	InvitationStateFailed    InvitationState = "Failed"    // will not come; code and subCode say why
)

// TransferState is how far a transfer has come.
type TransferState string

// The values of TransferState.
const (
	TransferStateTransferring TransferState = "Transferring" // the target is being told
	TransferStateTransferred  TransferState = "Transferred"  // the target has taken the call
	TransferStateFailed       TransferState = "Failed"       // nothing has changed; code and subCode say why
)

// RecordingState is what a recording does.
type RecordingState string

// The values of RecordingState.
const (
	RecordingStateActive RecordingState = "active" // it records
	RecordingStatePaused RecordingState = "paused" // it leaves out what is said now
)

// StreamKind is what a stream of pictures shows.
type StreamKind string

// The values of StreamKind.
const (
	StreamKindCamera StreamKind = "camera" // a camera
	StreamKindScreen StreamKind = "screen" // a screen, a window or a tab
)

// Pause is why nothing comes in a slot that has a stream.
type Pause string

// The values of Pause.
const (
	PauseBandwidth Pause = "bandwidth" // the path to this client does not carry it now
	PauseSender    Pause = "sender"    // its sender sends nothing now: it begins, holds the call, or its path is interrupted
	PauseCodec     Pause = "codec"     // this client has not offered the codec of the sender
)

// Reaction is shown for a moment.
type Reaction string

// The values of Reaction.
const (
	ReactionLike      Reaction = "like"      // a thumb
	ReactionHeart     Reaction = "heart"     // a heart
	ReactionLaugh     Reaction = "laugh"     // laughter
	ReactionSurprised Reaction = "surprised" // surprise
	ReactionApplause  Reaction = "applause"  // applause
)

// Reason is why the server refused a request.
type Reason string

// The values of Reason.
const (
	ReasonMalformed   Reason = "malformed"   // the request has no or a wrong field
	ReasonUnknownType Reason = "unknownType" // this version has no such request
	ReasonNoSuchCall  Reason = "noSuchCall"  // the client has no call of that id, or it is over
	ReasonState       Reason = "state"       // the call is not in a state for that
	ReasonForbidden   Reason = "forbidden"   // the role, the token or a rule does not permit it
	ReasonNotFound    Reason = "notFound"    // whom it names is not there
	ReasonUnsupported Reason = "unsupported" // this server, or this kind of call, cannot do that
	ReasonBusy        Reason = "busy"        // too much at once; try later
	ReasonInternal    Reason = "internal"    // a fault of the server
)

// IceServer is a STUN or TURN server for RTCPeerConnection.
type IceServer struct {
	Urls       []string `json:"urls"`                 // addresses
	Username   string   `json:"username,omitempty"`   // of TURN
	Credential string   `json:"credential,omitempty"` // of TURN
}

// Limits is what a session may do at most.
type Limits struct {
	FrameBytes        int `json:"frameBytes"`         // of a frame from the client
	RequestsPerSecond int `json:"requestsPerSecond"`  // on average
	OpenRequests      int `json:"openRequests"`       // without an answer
	Calls             int `json:"calls"`              // at once
	ReportMs          int `json:"reportMs,omitempty"` // how often media.report is of use in a call, in ms; absent: never
}

// Header is a custom header of a call.
type Header struct {
	Key   string `json:"key"`   // its name, such as X-MS-Custom-Account
	Value string `json:"value"` // its text
}

// CustomContext is what a caller hands to who answers.
type CustomContext struct {
	UserToUser  string   `json:"userToUser,omitempty"`  // SIP's User-to-User
	SipHeaders  []Header `json:"sipHeaders,omitempty"`  // for phones
	VoipHeaders []Header `json:"voipHeaders,omitempty"` // for clients and applications
}

// Person is a participant of a call, as others see it.
type Person struct {
	ID          string      `json:"id"`                    // raw id: 8:acs:…, 4:+…
	DisplayName string      `json:"displayName,omitempty"` // as the participant gave it
	State       PersonState `json:"state"`                 // what it does
	Muted       bool        `json:"muted"`                 // nobody hears it
	Role        Role        `json:"role,omitempty"`        // in a room
	Endpoints   []string    `json:"endpoints"`             // participantId of each device that it is in with
	Streams     []Stream    `json:"streams"`               // pictures that it sends; may be empty
}

// Stream is a stream of pictures that is on.
type Stream struct {
	ID   int        `json:"id"`   // unique in the call, from 1; the same when the camera is off and on again
	Kind StreamKind `json:"kind"` // what it shows
}

// View is a stream that a client shows.
type View struct {
	ID       int `json:"id"`                 // of the stream
	Width    int `json:"width"`              // of the largest view, in pixels of the screen; 0: it is hidden
	Height   int `json:"height"`             // of the largest view, in pixels of the screen; 0: it is hidden
	Priority int `json:"priority,omitempty"` // 0 at first; who is pinned or in the spotlight has a higher one
}

// Slot is a place in which a client receives pictures.
type Slot struct {
	Mid    string `json:"mid"`              // of its m-line
	Stream int    `json:"stream,omitempty"` // id of the stream that comes there; absent: none
	Paused Pause  `json:"paused,omitempty"` // why nothing comes; absent: it comes
}

// Capability says whether this client may do something.
type Capability struct {
	IsPresent bool   `json:"isPresent"` // it may
	Reason    string `json:"reason"`    // Capable, RoleRestricted, CapabilityNotApplicableForTheCallType, MeetingRestricted, UserPolicyRestricted (the token permits to join alone) or FeatureNotSupported
}

// IncomingCall is a call that rings at this client.
type IncomingCall struct {
	Call          string         `json:"call"`                    // id to accept or reject with; of the call from then on
	From          string         `json:"from"`                    // raw id of the caller
	DisplayName   string         `json:"displayName,omitempty"`   // of the caller
	CustomContext *CustomContext `json:"customContext,omitempty"` // what the caller hands over
}

// RaisedHand is a participant who wants to speak.
type RaisedHand struct {
	ID    string `json:"id"`    // raw id
	Order int    `json:"order"` // 1 is who raised the hand first
}

// Rating is what a user thinks of a call.
type Rating struct {
	Score   int      `json:"score"`            // on the scale
	Lowest  int      `json:"lowest"`           // of the scale
	Highest int      `json:"highest"`          // of the scale
	Issues  []string `json:"issues,omitempty"` // what was wrong, such as NoLocalAudio
}

// RecordingInfo is a recording of a call that goes on.
type RecordingInfo struct {
	ID    string         `json:"id"`    // recordingId
	State RecordingState `json:"state"` // whether it takes in what is said
}

// CallSnapshot is all that the server knows of one call of this client.
type CallSnapshot struct {
	Call          string        `json:"call"`                    // id of the call
	State         CallState     `json:"state"`                   // how far it has come
	Info          *CallInfo     `json:"info,omitempty"`          // its names, once it has them
	Roster        *Roster       `json:"roster,omitempty"`        // everybody else, once connected
	Capabilities  *Capabilities `json:"capabilities,omitempty"`  // what this client may do
	Muted         bool          `json:"muted"`                   // somebody else has muted this client
	Recording     *Recorded     `json:"recording,omitempty"`     // if the call is recorded
	Transcription *Transcribed  `json:"transcription,omitempty"` // if what is said is written down
	Hands         *Hands        `json:"hands,omitempty"`         // raised hands, if there are any
	Spotlight     *Spotlight    `json:"spotlight,omitempty"`     // who is in the spotlight, if anybody
	Slots         *Slots        `json:"slots,omitempty"`         // what comes where, if the client receives pictures
	Layers        *Layers       `json:"layers,omitempty"`        // what of its pictures anybody wants, if it sends some
}

// Snapshot replaces all that the client knows, where what it missed is no longer kept.
type Snapshot struct {
	Incoming []IncomingCall `json:"incoming"` // what rings
	Calls    []CallSnapshot `json:"calls"`    // what goes on; every other call has ended with 410/3101
}

// Hello opens a session, or resumes one. It is the first frame of every socket.
type Hello struct {
	Version     int    `json:"version"`               // of this protocol
	Token       string `json:"token"`                 // access token of the user; nowhere else
	Session     string `json:"session,omitempty"`     // to resume
	LastSeq     int    `json:"lastSeq,omitempty"`     // the last event that was seen in that session
	DisplayName string `json:"displayName,omitempty"` // how others shall see the user; at most 256 characters
	UserAgent   string `json:"userAgent,omitempty"`   // library and browser, for logs and records
}

// Type is hello.
func (*Hello) Type() string { return "hello" }

// Token replaces the access token, which is about to expire.
type Token struct {
	Token string `json:"token"` // of the same user
}

// Type is token.
func (*Token) Type() string { return "token" }

// Ping asks for a sign of life: scripts do not see the ping frames of a WebSocket.
type Ping struct {
}

// Type is ping.
func (*Ping) Type() string { return "ping" }

// Ice asks for the servers of welcome again, with new credentials: those of TURN open allocations for ten minutes.
type Ice struct {
}

// Type is ice.
func (*Ice) Type() string { return "ice" }

// Ack says in its ack what was seen, where nothing else is to be sent.
type Ack struct {
}

// Type is ack.
func (*Ack) Type() string { return "ack" }

// Bye ends the session and its calls at once (0/4521 for others).
type Bye struct {
	Session string `json:"session,omitempty"` // secret of the session, where bye is the first frame in the place of hello: of a client whose token is no longer good
}

// Type is bye.
func (*Bye) Type() string { return "bye" }

// CallStart calls somebody. One target: a call of two; several: a group.
type CallStart struct {
	Call              string         `json:"call"`                        // a new GUID of the client
	To                []string       `json:"to"`                          // raw ids
	AlternateCallerID string         `json:"alternateCallerId,omitempty"` // owned number that phone numbers see; required to call one
	CustomContext     *CustomContext `json:"customContext,omitempty"`     // for who answers
	Muted             *bool          `json:"muted,omitempty"`             // begin muted
}

// Type is call.start.
func (*CallStart) Type() string { return "call.start" }

// CallJoin joins a room or a group; exactly one of the two is given.
type CallJoin struct {
	Call  string `json:"call"`            // a new GUID of the client
	Room  string `json:"room,omitempty"`  // id of a room
	Group string `json:"group,omitempty"` // a GUID
	Muted *bool  `json:"muted,omitempty"` // begin muted
}

// Type is call.join.
func (*CallJoin) Type() string { return "call.join" }

// CallAccept takes a call that rings. The first client of the user wins; the others get error 487/10003.
type CallAccept struct {
	Call  string `json:"call"`            // of incoming
	Muted *bool  `json:"muted,omitempty"` // begin muted
}

// Type is call.accept.
func (*CallAccept) Type() string { return "call.accept" }

// CallReject refuses a call that rings, for this client alone: others of the user ring on.
type CallReject struct {
	Call string `json:"call"` // of incoming
}

// Type is call.reject.
func (*CallReject) Type() string { return "call.reject" }

// CallHangup leaves a call, or gives it up. call.ended follows.
type CallHangup struct {
	Call        string `json:"call"`                  // id of the call
	ForEveryone *bool  `json:"forEveryone,omitempty"` // ends it for all; not in rooms
}

// Type is call.hangup.
func (*CallHangup) Type() string { return "call.hangup" }

// CallHold stops hearing and being heard; call.state LocalHold follows.
type CallHold struct {
	Call string `json:"call"` // id of the call
}

// Type is call.hold.
func (*CallHold) Type() string { return "call.hold" }

// CallResume ends the hold; call.state Connected follows.
type CallResume struct {
	Call string `json:"call"` // id of the call
}

// Type is call.resume.
func (*CallResume) Type() string { return "call.resume" }

// CallTransfer lets the other of a call of two talk to somebody else instead. call.transfer tells the outcome.
type CallTransfer struct {
	Call          string         `json:"call"`                    // id of the call
	To            string         `json:"to,omitempty"`            // raw id of who shall take the client's place
	ToCall        string         `json:"toCall,omitempty"`        // id of another call of the client, in place of to: those in both go on without it
	CustomContext *CustomContext `json:"customContext,omitempty"` // for who answers
}

// Type is call.transfer.
func (*CallTransfer) Type() string { return "call.transfer" }

// CallTone presses a key.
type CallTone struct {
	Call string `json:"call"` // id of the call
	Tone string `json:"tone"` // one of 0123456789ABCD#*
}

// Type is call.tone.
func (*CallTone) Type() string { return "call.tone" }

// ParticipantAdd invites somebody; invitation tells the outcome. A call of two becomes a group.
type ParticipantAdd struct {
	Call              string         `json:"call"`                        // id of the call
	Who               string         `json:"who"`                         // raw id
	AlternateCallerID string         `json:"alternateCallerId,omitempty"` // as in call.start
	CustomContext     *CustomContext `json:"customContext,omitempty"`     // for who answers
}

// Type is participant.add.
func (*ParticipantAdd) Type() string { return "participant.add" }

// ParticipantRemove takes somebody out of the call, or calls off who is being invited.
type ParticipantRemove struct {
	Call string `json:"call"` // id of the call
	Who  string `json:"who"`  // raw id
}

// Type is participant.remove.
func (*ParticipantRemove) Type() string { return "participant.remove" }

// ParticipantMute mutes somebody, who may unmute. Not in a call of two.
type ParticipantMute struct {
	Call string `json:"call"` // id of the call
	Who  string `json:"who"`  // raw id
}

// Type is participant.mute.
func (*ParticipantMute) Type() string { return "participant.mute" }

// ParticipantMuteAll mutes everybody else.
type ParticipantMuteAll struct {
	Call string `json:"call"` // id of the call
}

// Type is participant.muteAll.
func (*ParticipantMuteAll) Type() string { return "participant.muteAll" }

// MediaOffer is the client's session description. The client alone offers.
type MediaOffer struct {
	Call string `json:"call"` // id of the call
	N    int    `json:"n"`    // 1, 2, …: an answer to an older offer is dropped
	SDP  string `json:"sdp"`  // RFC 8829, with the m-lines of this page
}

// Type is media.offer.
func (*MediaOffer) Type() string { return "media.offer" }

// MediaState says what the client sends; members that are absent stay as they are.
type MediaState struct {
	Call        string `json:"call"`                  // id of the call
	Microphone  *bool  `json:"microphone,omitempty"`  // false mutes; true lifts a mute by others too
	Camera      *bool  `json:"camera,omitempty"`      // true: its pictures pass from now on, and others are told of the stream
	Screen      *bool  `json:"screen,omitempty"`      // the same of the screen; true ends what anybody else shares
	ScreenSound *bool  `json:"screenSound,omitempty"` // true: the sound on mid 0 has that of the screen, and passes while the screen is shared, though microphone is false
}

// Type is media.state.
func (*MediaState) Type() string { return "media.state" }

// MediaWant replaces the list of what the client shows. It receives nothing else.
type MediaWant struct {
	Call    string `json:"call"`    // id of the call
	Streams []View `json:"streams"` // the whole list; 64 at most. Where there are more of them than slots, who speaks comes first
}

// Type is media.want.
func (*MediaWant) Type() string { return "media.want" }

// MediaReport says how media went since the last report, for who looks into the call. It changes nothing; one that comes too soon is dropped.
type MediaReport struct {
	Call         string `json:"call"`           // id of the call
	Received     int    `json:"received"`       // packets of sound that came
	Lost         int    `json:"lost"`           // packets of sound that did not
	JitterMs     int    `json:"jitterMs"`       // of what came (RFC 3550)
	BufferMs     int    `json:"bufferMs"`       // delay of the jitter buffer
	ConcealedMs  int    `json:"concealedMs"`    // sound that was made up in place of what did not come
	RoundTripMs  int    `json:"roundTripMs"`    // of the path; 0: not known
	SentKbps     int    `json:"sentKbps"`       // kbit/s of all media that was sent
	ReceivedKbps int    `json:"receivedKbps"`   // kbit/s of all media that came
	Spoken       int    `json:"spoken"`         // level of the microphone, 0 to 100
	Heard        int    `json:"heard"`          // level of what is heard, 0 to 100
	Pair         string `json:"pair,omitempty"` // kinds of the candidates in use, such as udp host to prflx; at most 64 bytes
}

// Type is media.report.
func (*MediaReport) Type() string { return "media.report" }

// HandRaise raises this user's hand; hands tells all.
type HandRaise struct {
	Call string `json:"call"` // id of the call
}

// Type is hand.raise.
func (*HandRaise) Type() string { return "hand.raise" }

// HandLower lowers this user's hand, or others'.
type HandLower struct {
	Call string   `json:"call"`          // id of the call
	Who  []string `json:"who,omitempty"` // raw ids; absent: this user. Others' need the right to manage
	All  *bool    `json:"all,omitempty"` // everybody's
}

// Type is hand.lower.
func (*HandLower) Type() string { return "hand.lower" }

// SpotlightSet changes who is in the spotlight; needs the right to manage, but for leaving it oneself.
type SpotlightSet struct {
	Call   string   `json:"call"`             // id of the call
	Add    []string `json:"add,omitempty"`    // raw ids; 7 at most in all
	Remove []string `json:"remove,omitempty"` // raw ids
	Clear  *bool    `json:"clear,omitempty"`  // everybody leaves it
}

// Type is spotlight.set.
func (*SpotlightSet) Type() string { return "spotlight.set" }

// ReactionSend shows a reaction to all; not in a call of two. Of one user 16 at once and 4 a second are shown, in a call 50 a second, fewer in large ones; else 429.
type ReactionSend struct {
	Call     string   `json:"call"`     // id of the call
	Reaction Reaction `json:"reaction"` // which
}

// Type is reaction.send.
func (*ReactionSend) Type() string { return "reaction.send" }

// TextSend shows others what is being typed.
type TextSend struct {
	Call  string `json:"call"`  // id of the call
	N     int    `json:"n"`     // the same while a text grows; the next after it is final
	Text  string `json:"text"`  // all of it, 2,000 characters at most
	Final bool   `json:"final"` // it is complete
}

// Type is text.send.
func (*TextSend) Type() string { return "text.send" }

// CaptionsSet begins or ends captions of what is said, for this client.
type CaptionsSet struct {
	Call     string `json:"call"`               // id of the call
	On       bool   `json:"on"`                 // it wants them
	Language string `json:"language,omitempty"` // that is spoken, for all who read captions: BCP 47 with a region, such as en-US
}

// Type is captions.set.
func (*CaptionsSet) Type() string { return "captions.set" }

// DataSend sends bytes of the application to other clients of the call.
type DataSend struct {
	Call    string   `json:"call"`             // id of the call
	Channel int      `json:"channel"`          // 1 to 65535
	Session string   `json:"session"`          // of the sender: a channel that is opened anew has another; at most 64 bytes
	To      []string `json:"to,omitempty"`     // raw ids, 64 at most; absent or empty: everybody
	N       int      `json:"n"`                // 1, 2, … in the session
	Data    string   `json:"data,omitempty"`   // base64 of at most 32 KiB
	Closed  *bool    `json:"closed,omitempty"` // the last of the session
}

// Type is data.send.
func (*DataSend) Type() string { return "data.send" }

// Survey says what the user thinks of a call, also of one that has ended in this session.
type Survey struct {
	Call        string  `json:"call"`                  // id of the call
	Overall     *Rating `json:"overall,omitempty"`     // of the call
	Audio       *Rating `json:"audio,omitempty"`       // of its sound
	Video       *Rating `json:"video,omitempty"`       // of its pictures
	Screenshare *Rating `json:"screenshare,omitempty"` // of shared screens
}

// Type is survey.
func (*Survey) Type() string { return "survey" }

// Welcome answers hello.
type Welcome struct {
	Session        string      `json:"session"`            // a secret to resume with
	Resumed        bool        `json:"resumed"`            // the session goes on; false: it is new
	GraceMs        int         `json:"graceMs"`            // how long the session outlives its socket
	ServerTime     int         `json:"serverTime"`         // milliseconds since 1970
	TokenExpiresMs int         `json:"tokenExpiresMs"`     // how long the token is good
	User           string      `json:"user"`               // raw id
	IceServers     []IceServer `json:"iceServers"`         // for RTCPeerConnection; may be empty
	Limits         Limits      `json:"limits"`             // of the session
	Snapshot       *Snapshot   `json:"snapshot,omitempty"` // where the events that were missed are no longer kept
}

// Type is welcome.
func (*Welcome) Type() string { return "welcome" }

// OK answers a request that has no answer of its own.
type OK struct {
}

// Type is ok.
func (*OK) Type() string { return "ok" }

// Refusal answers a request that is refused. Nothing has changed.
type Refusal struct {
	Reason  Reason `json:"reason"`  // for programs
	Code    int    `json:"code"`    // of ACS
	SubCode int    `json:"subCode"` // of ACS
	Message string `json:"message"` // for people
}

// Type is error.
func (*Refusal) Type() string { return "error" }

// IceServers answers ice.
type IceServers struct {
	IceServers []IceServer `json:"iceServers"` // for RTCPeerConnection; may be empty
}

// Type is ice.servers.
func (*IceServers) Type() string { return "ice.servers" }

// Goaway says that the server will stop: no new calls.
type Goaway struct {
	InMs int `json:"inMs"` // when the socket will be closed at the latest
}

// Type is goaway.
func (*Goaway) Type() string { return "goaway" }

// TokenNeeded asks for a new token.
type TokenNeeded struct {
	InMs int `json:"inMs"` // when the socket is closed with 4401 otherwise
}

// Type is token.needed.
func (*TokenNeeded) Type() string { return "token.needed" }

// Incoming is a call that rings at this client.
type Incoming struct {
	Incoming IncomingCall `json:"incoming"` // who calls
}

// Type is incoming.
func (*Incoming) Type() string { return "incoming" }

// IncomingEnded says that a call rings no longer here.
type IncomingEnded struct {
	Call    string `json:"call"`    // of incoming
	Code    int    `json:"code"`    // of ACS: 487
	SubCode int    `json:"subCode"` // 0 given up, 10003 accepted elsewhere, 10004 not answered in time
	Message string `json:"message"` // for people
}

// Type is incoming.ended.
func (*IncomingEnded) Type() string { return "incoming.ended" }

// CallStateChanged says how far a call has come.
type CallStateChanged struct {
	Call  string    `json:"call"`  // id of the call
	State CallState `json:"state"` // the state
}

// Type is call.state.
func (*CallStateChanged) Type() string { return "call.state" }

// CallInfo tells the names of a call; again when they change.
type CallInfo struct {
	Call          string   `json:"call"`          // id of the call
	ServerCallID  string   `json:"serverCallId"`  // for Call Automation
	ParticipantID string   `json:"participantId"` // GUID of this client in the call; others see it in endpoints
	Kind          CallKind `json:"kind"`          // what sort of call
}

// Type is call.info.
func (*CallInfo) Type() string { return "call.info" }

// CallEnded is the last event of a call.
type CallEnded struct {
	Call    string `json:"call"`    // id of the call
	Code    int    `json:"code"`    // of ACS
	SubCode int    `json:"subCode"` // of ACS
	Message string `json:"message"` // for people
}

// Type is call.ended.
func (*CallEnded) Type() string { return "call.ended" }

// CallTransferChanged says how far a transfer by this client has come.
type CallTransferChanged struct {
	Call    string        `json:"call"`              // id of the call
	State   TransferState `json:"state"`             // the state
	Code    int           `json:"code,omitempty"`    // of ACS, where it failed
	SubCode int           `json:"subCode,omitempty"` // of ACS
}

// Type is call.transfer.
func (*CallTransferChanged) Type() string { return "call.transfer" }

// CallTransferred says that the other of a call of two has handed this client over: it talks to somebody else now, in the same call.
type CallTransferred struct {
	Call string `json:"call"` // id of the call
	To   string `json:"to"`   // raw id of who has taken the other's place
}

// Type is call.transferred.
func (*CallTransferred) Type() string { return "call.transferred" }

// Roster says who else is in the call.
type Roster struct {
	Call    string   `json:"call"`    // id of the call
	Version int      `json:"version"` // grows with each change
	Full    bool     `json:"full"`    // everybody is in set; who is not has left
	Set     []Person `json:"set"`     // who came or changed
	Removed []string `json:"removed"` // raw ids of who left
}

// Type is roster.
func (*Roster) Type() string { return "roster" }

// RoleChanged tells this client's role in a room.
type RoleChanged struct {
	Call string `json:"call"` // id of the call
	Role Role   `json:"role"` // the role
}

// Type is role.
func (*RoleChanged) Type() string { return "role" }

// Capabilities says what this client may do.
type Capabilities struct {
	Call         string                `json:"call"`         // id of the call
	Capabilities map[string]Capability `json:"capabilities"` // all of them at first, later those that changed, by name
	Reason       string                `json:"reason"`       // None at first; RoleChanged; MeetingOptionOrOrganizerPolicyChanged where the room or the kind of the call has changed
}

// Type is capabilities.
func (*Capabilities) Type() string { return "capabilities" }

// Speakers says who speaks; at most three times a second.
type Speakers struct {
	Call     string   `json:"call"`     // id of the call
	Speaking []string `json:"speaking"` // raw ids of who speaks now
	Dominant []string `json:"dominant"` // raw ids, who speaks most first
}

// Type is speakers.
func (*Speakers) Type() string { return "speakers" }

// Muted says that others have muted this client.
type Muted struct {
	Call  string `json:"call"`  // id of the call
	Muted bool   `json:"muted"` // false: the mute was lifted
}

// Type is muted.
func (*Muted) Type() string { return "muted" }

// Invitation says how far somebody has come whom this client invited.
type Invitation struct {
	Call    string          `json:"call"`              // id of the call
	Who     string          `json:"who"`               // raw id
	State   InvitationState `json:"state"`             // the state
	Code    int             `json:"code,omitempty"`    // of ACS, where it failed
	SubCode int             `json:"subCode,omitempty"` // of ACS
}

// Type is invitation.
func (*Invitation) Type() string { return "invitation" }

// Recorded says whether the call is recorded.
type Recorded struct {
	Call       string          `json:"call"`       // id of the call
	Recordings []RecordingInfo `json:"recordings"` // those that go on; one at most
}

// Type is recording.
func (*Recorded) Type() string { return "recording" }

// Transcribed says whether an application has what is said written down.
type Transcribed struct {
	Call   string `json:"call"`   // id of the call
	Active bool   `json:"active"` // it does
}

// Type is transcription.
func (*Transcribed) Type() string { return "transcription" }

// Caption is something that was said, as text.
type Caption struct {
	Call        string `json:"call"`                  // id of the call
	Who         string `json:"who"`                   // raw id of the speaker
	DisplayName string `json:"displayName,omitempty"` // of the speaker
	Text        string `json:"text"`                  // what was understood
	Final       bool   `json:"final"`                 // false: the next caption of this speaker replaces it
	Language    string `json:"language"`              // that is taken for spoken
	Time        int    `json:"time"`                  // milliseconds since 1970
}

// Type is caption.
func (*Caption) Type() string { return "caption" }

// CaptionsEnded says that there are no more captions, although this client wanted them: nobody understands what is said.
type CaptionsEnded struct {
	Call string `json:"call"` // id of the call
}

// Type is captions.ended.
func (*CaptionsEnded) Type() string { return "captions.ended" }

// Hands says whose hands are raised.
type Hands struct {
	Call   string       `json:"call"`   // id of the call
	Raised []RaisedHand `json:"raised"` // all of them
}

// Type is hands.
func (*Hands) Type() string { return "hands" }

// Spotlight says who is in the spotlight.
type Spotlight struct {
	Call   string   `json:"call"`   // id of the call
	People []string `json:"people"` // raw ids, all of them, in their order
}

// Type is spotlight.
func (*Spotlight) Type() string { return "spotlight" }

// Reacted shows somebody's reaction.
type Reacted struct {
	Call     string   `json:"call"`     // id of the call
	Who      string   `json:"who"`      // raw id
	Reaction Reaction `json:"reaction"` // which
}

// Type is reaction.
func (*Reacted) Type() string { return "reaction" }

// Text shows what somebody types.
type Text struct {
	Call        string `json:"call"`                  // id of the call
	Who         string `json:"who"`                   // raw id
	DisplayName string `json:"displayName,omitempty"` // of the sender
	N           int    `json:"n"`                     // as the sender counts
	Text        string `json:"text"`                  // all of it
	Final       bool   `json:"final"`                 // it is complete
}

// Type is text.
func (*Text) Type() string { return "text" }

// Data brings bytes of another client.
type Data struct {
	Call    string `json:"call"`             // id of the call
	Who     string `json:"who"`              // raw id
	Channel int    `json:"channel"`          // of the sender
	Session string `json:"session"`          // of the sender
	N       int    `json:"n"`                // as the sender counts
	Data    string `json:"data,omitempty"`   // base64
	Closed  *bool  `json:"closed,omitempty"` // the last of the session
}

// Type is data.
func (*Data) Type() string { return "data" }

// MediaAnswer answers media.offer.
type MediaAnswer struct {
	Call string `json:"call"` // id of the call
	N    int    `json:"n"`    // of the offer
	SDP  string `json:"sdp"`  // with all of the server's candidates
}

// Type is media.answer.
func (*MediaAnswer) Type() string { return "media.answer" }

// Slots says which stream comes in which place.
type Slots struct {
	Call  string `json:"call"`  // id of the call
	Slots []Slot `json:"slots"` // all of them, in the order of the m-lines
}

// Type is media.slots.
func (*Slots) Type() string { return "media.slots" }

// Layers says what of its pictures anybody wants: what nobody wants need not be sent.
type Layers struct {
	Call   string   `json:"call"`   // id of the call
	Camera []string `json:"camera"` // RIDs of the encodings to send; empty: none
	Screen bool     `json:"screen"` // the screen is to be sent
}

// Type is media.layers.
func (*Layers) Type() string { return "media.layers" }

// Need asks for an offer with more slots: more streams are wanted than there are places.
type Need struct {
	Call  string `json:"call"`  // id of the call
	Slots int    `json:"slots"` // how many there should be in all
}

// Type is media.need.
func (*Need) Type() string { return "media.need" }

// Stopped says that the server has ended a stream of this client: it no longer may send it, or somebody else shares now.
type Stopped struct {
	Call string     `json:"call"` // id of the call
	Kind StreamKind `json:"kind"` // which
}

// Type is media.stopped.
func (*Stopped) Type() string { return "media.stopped" }

var fromClient = map[string]func() Message{
	"hello":               func() Message { return new(Hello) },
	"token":               func() Message { return new(Token) },
	"ping":                func() Message { return new(Ping) },
	"ice":                 func() Message { return new(Ice) },
	"ack":                 func() Message { return new(Ack) },
	"bye":                 func() Message { return new(Bye) },
	"call.start":          func() Message { return new(CallStart) },
	"call.join":           func() Message { return new(CallJoin) },
	"call.accept":         func() Message { return new(CallAccept) },
	"call.reject":         func() Message { return new(CallReject) },
	"call.hangup":         func() Message { return new(CallHangup) },
	"call.hold":           func() Message { return new(CallHold) },
	"call.resume":         func() Message { return new(CallResume) },
	"call.transfer":       func() Message { return new(CallTransfer) },
	"call.tone":           func() Message { return new(CallTone) },
	"participant.add":     func() Message { return new(ParticipantAdd) },
	"participant.remove":  func() Message { return new(ParticipantRemove) },
	"participant.mute":    func() Message { return new(ParticipantMute) },
	"participant.muteAll": func() Message { return new(ParticipantMuteAll) },
	"media.offer":         func() Message { return new(MediaOffer) },
	"media.state":         func() Message { return new(MediaState) },
	"media.want":          func() Message { return new(MediaWant) },
	"media.report":        func() Message { return new(MediaReport) },
	"hand.raise":          func() Message { return new(HandRaise) },
	"hand.lower":          func() Message { return new(HandLower) },
	"spotlight.set":       func() Message { return new(SpotlightSet) },
	"reaction.send":       func() Message { return new(ReactionSend) },
	"text.send":           func() Message { return new(TextSend) },
	"captions.set":        func() Message { return new(CaptionsSet) },
	"data.send":           func() Message { return new(DataSend) },
	"survey":              func() Message { return new(Survey) },
}

var fromServer = map[string]func() Message{
	"welcome":          func() Message { return new(Welcome) },
	"ok":               func() Message { return new(OK) },
	"error":            func() Message { return new(Refusal) },
	"ice.servers":      func() Message { return new(IceServers) },
	"goaway":           func() Message { return new(Goaway) },
	"token.needed":     func() Message { return new(TokenNeeded) },
	"incoming":         func() Message { return new(Incoming) },
	"incoming.ended":   func() Message { return new(IncomingEnded) },
	"call.state":       func() Message { return new(CallStateChanged) },
	"call.info":        func() Message { return new(CallInfo) },
	"call.ended":       func() Message { return new(CallEnded) },
	"call.transfer":    func() Message { return new(CallTransferChanged) },
	"call.transferred": func() Message { return new(CallTransferred) },
	"roster":           func() Message { return new(Roster) },
	"role":             func() Message { return new(RoleChanged) },
	"capabilities":     func() Message { return new(Capabilities) },
	"speakers":         func() Message { return new(Speakers) },
	"muted":            func() Message { return new(Muted) },
	"invitation":       func() Message { return new(Invitation) },
	"recording":        func() Message { return new(Recorded) },
	"transcription":    func() Message { return new(Transcribed) },
	"caption":          func() Message { return new(Caption) },
	"captions.ended":   func() Message { return new(CaptionsEnded) },
	"hands":            func() Message { return new(Hands) },
	"spotlight":        func() Message { return new(Spotlight) },
	"reaction":         func() Message { return new(Reacted) },
	"text":             func() Message { return new(Text) },
	"data":             func() Message { return new(Data) },
	"media.answer":     func() Message { return new(MediaAnswer) },
	"media.slots":      func() Message { return new(Slots) },
	"media.layers":     func() Message { return new(Layers) },
	"media.need":       func() Message { return new(Need) },
	"media.stopped":    func() Message { return new(Stopped) },
}

// Codes with which the server closes a socket (RFC 6455 §7.4.2).
const (
	CloseMalformed    = 4400 // a frame that is no message, or breaks a bound; the session is over
	CloseUnauthorized = 4401 // the token is missing, expired, revoked or of a deleted user; with a new one the session resumes
	CloseForbidden    = 4403 // the token has no scope for calls, or the session is another user's
	CloseNoSession    = 4404 // there is no session to resume: begin a new one; calls of the old one ended with 410/3101, and those of rooms and groups can be joined anew
	CloseNoHello      = 4408 // no hello within 5 s
	CloseReplaced     = 4409 // the session goes on on another socket: do not reconnect
	CloseTooSlow      = 4413 // more waited to be sent than may: resume
	CloseVersion      = 4426 // the server speaks no version that the client does
	CloseTooMany      = 4429 // too many requests, too many sessions of the user or address, or too many sockets that wait for their hello: wait before the next try
	CloseStopping     = 4503 // the server stops: reconnect later; the session is over
)
