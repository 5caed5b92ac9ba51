package call

import "cmp"

// ReasonKind says why something ended or failed, before callautomation makes it
// a code and a subCode, and sip a status and a cause.
type ReasonKind uint8

// The reasons.
const (
	Normal             ReasonKind = iota // nothing failed
	EndedByApplication                   // an application hung up or terminated
	EndedByPeer                          // somebody else in the call ended it
	Removed                              // taken out of the call by another participant
	Busy                                 // the callee is busy
	Declined                             // the callee, or its application, refused
	Forbidden                            // refused by a rule, ours or theirs
	NoAnswer                             // nobody accepted in time
	Canceled                             // given up by the caller before an answer
	NoListener                           // nobody could be told of the call
	NotFound                             // the callee does not exist there
	Unreachable                          // no way to the callee: no route, no connection, no reply
	Unsupported                          // the two sides have no media in common, or need what is not offered
	Overloaded                           // the other side, or ours, takes no more calls
	MediaLost                            // the sound stopped arriving
	Vanished                             // a peer stopped replying in the middle of a call
	ServerStopped                        // this server was stopped, or came back after a crash
	CallerIDRefused                      // the caller id is not one that may be shown
	NoSuchCall                           // the call to connect to is over, or never was
	Failed                               // anything else; the details tell
)

// reasonNames is keyed, so that a new kind cannot shift the others.
var reasonNames = [...]string{
	Normal: "normal", EndedByApplication: "endedByApplication", EndedByPeer: "endedByPeer", Removed: "removed", Busy: "busy",
	Declined: "declined", Forbidden: "forbidden", NoAnswer: "noAnswer", Canceled: "canceled", NoListener: "noListener",
	NotFound: "notFound", Unreachable: "unreachable", Unsupported: "unsupported", Overloaded: "overloaded", MediaLost: "mediaLost",
	Vanished: "vanished", ServerStopped: "serverStopped", CallerIDRefused: "callerIdRefused", NoSuchCall: "noSuchCall", Failed: "failed",
}

// String names the kind, for logs, metrics and records.
func (k ReasonKind) String() string { return reasonNames[k] }

// Reason is why something ended or failed, with what the wire said of it.
type Reason struct {
	Kind ReasonKind
	Text string // for people: "no route takes +15551230001"
	SIP  Status // the final SIP response, zero where none came and ours needs no other
	Q850 Cause  // the Q.850 cause of a Reason header, zero where none came
	// ByApplication says that an application refused, not a phone, or that it removed the
	// other end of a call of two.
	ByApplication bool
	// Alone says that nobody but one was left in a call of more than two.
	Alone bool
	// Phone says that a leg to a phone ended; Inbound that the phone had called us.
	Phone, Inbound bool
	// Client says that the leg was to a telephone of a user of ours, not to one of
	// the telephone network.
	Client bool
	// ByParticipant says that somebody in the call removed this one, or ended the call
	// for everybody; ByRoom that the list of the room does not have it any more.
	ByParticipant, ByRoom bool
	// Abrupt says that whoever left did not hang up: a page was closed.
	Abrupt bool
}

// words is the reason for people: its text, or its kind where it has none.
func (r Reason) words() string { return cmp.Or(r.Text, r.Kind.String()) }

// Here reports whether a leg that we began ended by a rule of this server (a guard of its trunk, a
// limit of its trunk, a caller id), so that nobody was asked.
func (r Reason) Here() bool {
	return r.SIP.Code == 0 && (r.Kind == Forbidden || r.Kind == CallerIDRefused || r.Kind == Overloaded)
}

// Status is a SIP status line (RFC 3261 §7.2).
type Status struct {
	Code   int
	Phrase string
}

// Cause is an ITU-T Q.850 cause, as the Reason header carries it (RFC 3326).
type Cause struct {
	Value int
	Text  string
}
