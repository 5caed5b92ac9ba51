package trunk

import (
	"crypto/x509"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"time"
)

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

// packetTimes are what PTime may be, in ms.
var packetTimes = []time.Duration{0, 10, 20, 30, 40, 60}

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

	byService bool // no port was given for a name
	// Ping is how often the trunk is asked by OPTIONS whether it lives; 0 never asks.
	Ping   time.Duration
	Codecs []string // allowed, the best first; empty is DefaultCodecs
}

// CallerIDs are numbers that a trunk shows as its callers'; the zero CallerIDs
// are none.
type CallerIDs struct {
	Any     bool     // the trunk's other end decides, as in ACS direct routing
	Numbers []string // E.164
}

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

// DefaultCodecs is what a trunk takes unless it says otherwise. G.722 stands last:
// a call to the telephone network gains nothing by it and would cost five times
// as much, but who offers nothing else is heard.
var DefaultCodecs = []string{"PCMU", "PCMA", "G722"}

// check fills what was left out and refuses what cannot work.
func (t *Trunk) check() error {
	if t.Name == "" {
		return fmt.Errorf("a trunk needs a name")
	}
	if (t.InboundUsername == "") != (t.InboundPassword == "") {
		return fmt.Errorf("trunk %s: of inbound user name and password, one is missing", t.Name)
	}
	if len(t.InboundUsername) > maxName || strings.ContainsAny(t.InboundUsername, "\"\\\r\n") {
		return fmt.Errorf("trunk %s: the inbound user name is too long or holds a quote", t.Name)
	}
	if t.Host == "" && t.InboundUsername == "" || strings.ContainsAny(t.Host, " \t\r\n<>;?@") {
		return fmt.Errorf("trunk %s: host %q is neither an address nor a name", t.Name, t.Host)
	}
	if t.Transport == "" {
		t.Transport = UDP
	}
	switch t.Transport {
	case UDP, TCP, TLS:
	default:
		return fmt.Errorf("trunk %s: transport %q is none of udp, tcp, tls", t.Name, t.Transport)
	}
	if err := t.checkMedia(); err != nil {
		return err
	}
	if err := t.checkRefer(); err != nil {
		return err
	}
	if t.MaxCalls < 0 || t.CallsPerSecond < 0 {
		return fmt.Errorf("trunk %s: max-calls and calls-per-second are 1 or more, or absent for no limit", t.Name)
	}
	if t.Ping != 0 && t.Ping < minPing {
		return fmt.Errorf("trunk %s: ping of %s is too often: at least %s", t.Name, t.Ping, minPing)
	}
	if t.Port == 0 {
		_, err := netip.ParseAddr(t.Host)
		t.byService = err != nil
		t.Port = 5060
		if t.Transport == TLS {
			t.Port = 5061
		}
	}
	if t.Port < 1 || t.Port > 65535 {
		return fmt.Errorf("trunk %s: port %d is none", t.Name, t.Port)
	}
	if err := t.checkDialect(); err != nil {
		return fmt.Errorf("trunk %s: %w", t.Name, err)
	}
	return nil
}

// checkMedia checks how sound and keys are sent.
func (t *Trunk) checkMedia() error {
	if t.SRTP == "" {
		t.SRTP = Off
	}
	if t.SRTP != Off && t.SRTP != Optional && t.SRTP != Required {
		return fmt.Errorf("trunk %s: srtp %q is none of off, optional, required", t.Name, t.SRTP)
	}
	if t.Keys == "" {
		t.Keys = KeysInMedia
	}
	if t.Keys != KeysInMedia && t.Keys != KeysInINFO {
		return fmt.Errorf("trunk %s: dtmf %q is neither media nor info", t.Name, t.Keys)
	}
	if !slices.Contains(packetTimes, t.PTime/time.Millisecond) || t.PTime%time.Millisecond != 0 {
		return fmt.Errorf("trunk %s: ptime of %s is none of 10, 20, 30, 40, 60 ms", t.Name, t.PTime)
	}
	if len(t.Codecs) == 0 {
		t.Codecs = DefaultCodecs
	}
	return nil
}

// checkRefer fills and checks what is said of transfers.
func (t *Trunk) checkRefer() error {
	if t.Refer == "" {
		t.Refer = ReferAuto
	}
	if t.AcceptRefer == "" {
		t.AcceptRefer = AcceptNone
	}
	if !slices.Contains([]Refer{ReferAuto, ReferNever, ReferAlways}, t.Refer) {
		return fmt.Errorf("trunk %s: refer %q is none of auto, never, always", t.Name, t.Refer)
	}
	if !slices.Contains([]AcceptRefer{AcceptNone, AcceptOwned, AcceptAny}, t.AcceptRefer) {
		return fmt.Errorf("trunk %s: accept-refer %q is none of none, owned, any", t.Name, t.AcceptRefer)
	}
	return nil
}

// minPing keeps a trunk from being flooded by our own questions.
const minPing = 10 * time.Millisecond

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
