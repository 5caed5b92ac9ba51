package call

import (
	"context"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/identifier"
)

// Leg is how a participant is in a call over a wire: signalling and sound. It
// is the same type for phones and browsers, inbound and outbound.
//
// A leg tells what happens to it through the report function that it was made
// with: any number of Reports and then exactly one Ended. Reporting never
// blocks, from any goroutine, a shard included.
type Leg interface {
	// Ring tells an inbound caller that the callee is being told (SIP 180).
	Ring()
	// Progress lets an inbound caller hear the call before it is answered (SIP 183
	// with a session description). EarlySound follows where the caller can.
	Progress()
	// TakeEarly takes the leg's sound after EarlySound and before Answered: it
	// belongs to the call then. False: the leg is over, or the call has it already.
	TakeEarly() bool
	// Answer accepts an inbound leg. It returns at once; Answered follows when
	// the caller has confirmed, or Ended.
	Answer()
	// End ends the leg in whatever state it is: it refuses, cancels or hangs up,
	// with a status that follows from why. It returns at once; Ended follows.
	End(why Reason)
	// Port is the leg's sound. From Answered on it belongs to the call, which
	// joins it to a mix and leaves it there, or closes it; before, to the leg,
	// unless TakeEarly has taken it.
	Port() audio.Port
	// SendTones presses keys towards the far end and returns when the last one
	// has been sent, when ctx is done, or when the leg ends.
	SendTones(ctx context.Context, tones []Tone) error
}

// Report is news of a leg. The set is closed.
type Report interface{ report() }

// Ringing says that the callee of an outbound leg is being told.
type Ringing struct{}

// EarlySound says that the far end can be heard, or hears, before the leg is
// answered (SIP's early media). Once at most.
type EarlySound struct{}

// Answered says that the leg is up in both directions and its Port may be used.
type Answered struct{ Direct bool } // see Ended

// ToneHeard says that the far end pressed a key: at its first packet, once.
type ToneHeard struct{ Tone Tone }

// HoldChanged says that the far end put us on hold, or took us back.
type HoldChanged struct{ Held bool }

// SoundChanged says that the leg and its far end have agreed on another codec: the
// Port's rate may have changed.
type SoundChanged struct{}

// PathChanged says how packets reach the far end of a browser's leg (ICE). It is for
// people who look into the call; nothing follows from it.
type PathChanged struct{ State string }

// MediaMeasured says how the far end of a browser's leg measures its media. It is for
// people who look into the call; nothing follows from it.
type MediaMeasured struct{ ClientMedia }

// ClientMedia is what a client measured of its media, since it did last.
type ClientMedia struct {
	Received, Lost            int           // packets of sound
	Jitter, Buffer, RoundTrip time.Duration // RoundTrip 0: not known
	Concealed                 time.Duration
	SentKbps, ReceivedKbps    int
	Spoken, Heard             int    // levels, 0 to 100
	Pair                      string // kinds of its ICE candidates
}

// Ended is the last report of every leg, and tells why. Before Answered it means
// that the leg never came up.
//
// Direct says of it, and of Answered, that the goroutine that reports holds no lock and
// has time: it does what follows in the call itself while nobody else works there, so that
// no other has to be woken. Neither a shard reports so, nor who works on another call.
type Ended struct {
	Reason Reason
	Wire   Wire
	Direct bool
}

func (Ringing) report()       {}
func (EarlySound) report()    {}
func (Answered) report()      {}
func (ToneHeard) report()     {}
func (HoldChanged) report()   {}
func (SoundChanged) report()  {}
func (PathChanged) report()   {}
func (MediaMeasured) report() {}
func (Ended) report()         {}

// Invitation is who calls whom, with what the caller wants shown.
type Invitation struct {
	From        identifier.ID
	To          identifier.ID
	DisplayName string            // what the callee sees beside From; may be ""
	SIPHeaders  map[string]string // User-To-User and X-MS-Custom-… by full name; nil where none
	VoIPHeaders map[string]string
	// Diverted is whom the call was meant for before, the first first (SIP's Diversion or
	// History-Info), and of a caller who is transferred our number that it had; nil where
	// nobody has sent it on.
	Diverted []identifier.ID
	// Hops is how many more servers may pass the call on (SIP's Max-Forwards): it
	// ends loops that leave this server and come back. 0 is unknown.
	Hops  int
	Added bool // into a call that goes on: an IncomingCall has customContext then, even an empty one

	// Identities are the caller's Identity headers (RFC 8224) as they came. They go
	// with the call wherever it is passed on.
	Identities []string
	// By is who asked for the call, as package permit names askers; "" is nobody in
	// particular.
	By string
	// Trunk is the trunk over which the call came here; "" where it came over none.
	Trunk string
	// Forwarded says that From is a caller who is passed on, not a number that
	// somebody chose.
	Forwarded bool

	// CallerID is the number that an identity's telephone shows to phone numbers;
	// zero: it may call none. Withheld asks that they see none.
	CallerID identifier.ID
	Withheld bool
	// IssuedBy is who issued that telephone's credential, or a client's token, as package permit names
	// askers; "" where no telephone asks.
	IssuedBy string
	// Device is which of the telephones of To to call, by a Device's ID; "" is no
	// particular one.
	Device string

	unannounced bool // no application is told of it: it rings for devices alone

	release   func() // gives back a permission that was taken early; nil: none was
	redirects int    // how often applications and telephones have sent it on
}
