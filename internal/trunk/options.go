package trunk

import "log/slog"

// Transport carries SIP.
type Transport string

// The transports.
const (
	UDP Transport = "udp"
	TCP Transport = "tcp"
	TLS Transport = "tls"
)

// SRTP says whether sound is encrypted, with keys in the session descriptions.
type SRTP string

// The degrees of encryption.
const (
	Off      SRTP = "off"
	Optional SRTP = "optional"
	Required SRTP = "required"
)

// Refer says whether a transfer is left to the trunk, by asking it to call the
// target itself (SIP's REFER): then neither end goes through us any more.
type Refer string

// When a transfer is left to a trunk. Where it is not, or the trunk refuses, we
// call the target and stay between the two.
const (
	ReferAuto   Refer = "auto"   // where the other end's Allow names REFER
	ReferNever  Refer = "never"  // not at all
	ReferAlways Refer = "always" // even where its Allow says nothing of REFER
)

// Keys says how a trunk is told the keys (DTMF) that are sent to it.
type Keys string

// How keys are told.
const (
	KeysInMedia Keys = "media" // RFC 4733, or as sound where the other end has no telephone-event
	KeysInINFO  Keys = "info"  // by INFO, application/dtmf-relay
)

// AcceptRefer says whom a trunk's phones may hand their calls over to by REFER.
type AcceptRefer string

// Whom phones may name.
const (
	AcceptNone  AcceptRefer = "none"  // nobody
	AcceptOwned AcceptRefer = "owned" // our numbers and identities, and who else is in a call of the same phone
	AcceptAny   AcceptRefer = "any"   // whomever a route takes, at the cost of whoever pays for that route
)

// Secret is a password that no log and no printing shows.
type Secret string

// LogValue hides the secret.
func (Secret) LogValue() slog.Value { return slog.StringValue("***") }

// String hides the secret.
func (Secret) String() string { return "***" }

// GoString hides the secret.
func (Secret) GoString() string { return "***" }

// MarshalText hides the secret.
func (Secret) MarshalText() ([]byte, error) { return []byte("***"), nil }
