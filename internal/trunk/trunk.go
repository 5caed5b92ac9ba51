package trunk

import (
	"crypto/x509"
	"log/slog"
	"net/netip"
	"time"
)

// Trunk is another telephone system: a carrier, a session border controller, a
// softphone.
type Trunk struct {
	Name      string
	Host      string // address or name that calls go to
	Port      int    // 0 is 5060, or 5061 for TLS
	Transport Transport
	// Sources are the addresses that may call in as this trunk. Empty means the
	// addresses that Host resolves to.
	Sources  []netip.Prefix
	Username string // for digest authentication towards the trunk; "" sends none
	Password Secret
	// SRTP says whether sound is encrypted: Off ("" is the same), Optional or Required.
	SRTP SRTP
	// PTime is how much sound we like in a packet: 10, 20, 30, 40 or 60 ms; 0 is 20 ms.
	PTime time.Duration
	// Roots are the authorities that may vouch for the trunk's certificate; nil is
	// what the server trusts in general.
	Roots *x509.CertPool
	// InboundUsername and InboundPassword are the digest credentials that callers
	// from other addresses than Sources (or Host's) must show to call in as this
	// trunk. "" lets nobody else in. A trunk with them needs no Host: then it only
	// calls in.
	InboundUsername string
	InboundPassword Secret

	// CallerIDs are the numbers that calls through the trunk may show besides those
	// that the resource owns.
	CallerIDs CallerIDs
	// MaxCalls is how many calls the trunk carries at once, both directions
	// together; CallsPerSecond how many may begin in a second. 0 is no limit.
	MaxCalls, CallsPerSecond int
	// Keys is how keys are sent; "" is KeysInMedia.
	Keys Keys

	// Refer is when we ask the trunk to carry out a transfer; "" is ReferAuto.
	Refer Refer
	// AcceptRefer is whom it may ask us to transfer to; "" is AcceptNone.
	AcceptRefer AcceptRefer

	// Domain is the host of addresses at the trunk where Host is an outbound proxy
	// on the way there; "" is Host.
	Domain    string
	Shown     Shown
	Rewriting Rewriting
	// Register says that we register with the trunk; nil: we do not.
	Register *Registration

	// Foreign says that an application named the trunk, not the operator.
	Foreign bool
	// Allow refuses addresses of the host, when they become sources and when we
	// connect; nil: all are permitted.
	Allow func(netip.Addr) error

	// Ping is how often the trunk is asked by OPTIONS whether it lives; 0 never asks.
	Ping   time.Duration
	Codecs []string // allowed, the best first; empty is DefaultCodecs

	byService bool // no port was given for a name
}

// CallerIDs are numbers that a trunk shows as its callers'; the zero CallerIDs
// are none.
type CallerIDs struct {
	Any     bool     // the trunk's other end decides, as in ACS direct routing
	Numbers []string // E.164
}

// DefaultCodecs is what a trunk takes unless it says otherwise. G.722 stands last:
// a call to the telephone network gains nothing by it and would cost five times
// as much, but who offers nothing else is heard.
var DefaultCodecs = []string{"PCMU", "PCMA", "G722"}

// ByService reports whether the trunk's name is looked up as a service (SRV,
// RFC 3263): it is a name, and no port was given.
func (t *Trunk) ByService() bool { return t.byService }

// LogValue names the trunk without its secrets.
func (t *Trunk) LogValue() slog.Value { return slog.StringValue(t.Name) }

// Loopback is the trunk of the emulator: phones on this machine call in from
// any loopback address, and calls go out to one that listens on 127.0.0.1:port.
// Port 0 is 5080.
func Loopback(port int) Trunk {
	if port == 0 {
		port = 5080
	}
	return Trunk{
		Name: "loopback", Host: "127.0.0.1", Port: port, Transport: UDP,
		// A phone of this machine has nobody to call but through us, and costs nothing.
		Refer: ReferNever, AcceptRefer: AcceptAny,
		Sources: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")},
		Codecs:  []string{"G722", "PCMU", "PCMA"}, // no network is in between: a softphone may sound its best
	}
}
