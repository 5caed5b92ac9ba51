package gate

import (
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/ratelimit"
	"github.com/switchhook/switchhook/internal/sip/parse"
)

// warnEvery is how often a kind of refusal is logged at most.
const warnEvery = 10 * time.Second

// Peers tells whom the server knows.
type Peers interface {
	// IsTrunk reports whether an address is one of a trunk.
	IsTrunk(netip.Addr) bool
	// IsRegistered reports whether a user's telephone registered from there over UDP.
	IsRegistered(netip.AddrPort) bool
	// HasCall reports whether a Call-ID is one of a call that goes on.
	HasCall(callID string) bool
	// IsEmergency reports whether the user of an address is an emergency service.
	IsEmergency(user string) bool
	// Authenticates reports whether anybody may come in by credentials.
	Authenticates() bool
}

// Config is what a Gate needs.
type Config struct {
	Peers Peers
	// Realm is the realm of challenges, and what refusals call their server.
	Realm string
	// Algorithms are those that challenges offer, in this order.
	Algorithms []string
	// Measure looks at how much there is to do; see NewAdmission.
	Measure func(now time.Time, delay time.Duration) Sample
	// UnknownLife is how long the connection of an unknown source lives.
	UnknownLife time.Duration
	Log         *slog.Logger
}

// Gate is the admission control of a SIP server. It is safe for concurrent use.
type Gate struct {
	Counts      Counts
	Digest      *Digest
	Admission   *Admission
	Connections *Connections

	cfg       Config
	sources   sources
	decisions *decisions
	tags      refusalTags

	warnings, overloadWarnings *ratelimit.Bucket
	shown                      *ratelimit.Bucket // refusals because of overload
	shownUnknown               *ratelimit.Bucket // those of unknown sources
	sinceWarning               atomic.Uint64     // unknown sources refused since the last warning
	sinceOverloadWarning       atomic.Uint64
	callWarnings               sync.Map // of calls of trunks that are refused: a *callWarning by its fact
}

// New makes a gate.
func New(cfg Config) *Gate {
	known := newSources()
	return &Gate{
		Digest: newDigest(cfg.Realm, cfg.Algorithms), Admission: NewAdmission(cfg.Measure), Connections: newConnections(cfg.UnknownLife, known.isProven),
		cfg: cfg, sources: known, decisions: newDecisions(), tags: newRefusalTags(),
		warnings: ratelimit.NewBucket(ratelimit.Every(warnEvery)), overloadWarnings: ratelimit.NewBucket(ratelimit.Every(warnEvery)),
		shown: ratelimit.NewBucket(rateShown), shownUnknown: ratelimit.NewBucket(rateShown),
	}
}

// Reply is a datagram that answers without keeping anything of the request.
type Reply struct {
	Data []byte
	To   netip.AddrPort
	Show bool // to who looks into calls: of calls that are refused, a few a second
}

// Datagram decides over a datagram: whether it passes, and what answers it otherwise. A Reply
// without Data is none. message is the datagram's, if the decision needed it, and nil else.
func (g *Gate) Datagram(data []byte, from netip.AddrPort, now time.Time) (pass bool, message sip.Message, reply Reply) {
	if g.cfg.Peers.IsTrunk(from.Addr()) {
		pass, reply = g.screen(data, from, now)
		return pass, nil, reply
	}
	if IsKeepAlive(data) {
		return false, nil, Reply{}
	}
	registered := g.cfg.Peers.IsRegistered(from)
	if !g.sources.isAuthenticated(from, now) && !g.sources.allowDatagram(from.Addr(), registered, now) {
		g.sinceWarning.Add(1)
		g.Counts.dropped.Add(1)
		return false, nil, Reply{}
	}
	message, err := parse.Datagram(data)
	if err != nil || lacksFields(message) { // what an unknown source sends and nobody can read gets no answer
		g.Counts.malformed.Add(1)
		return false, nil, Reply{}
	}
	if isInCall(message) && g.cfg.Peers.HasCall(message.CallID().Value()) { // its tags are the key
		return true, message, Reply{}
	}
	request, ok := message.(*sip.Request)
	switch {
	case !ok: // the answer of a telephone that was asked whether it lives
		return registered, message, Reply{}
	case g.cfg.Peers.Authenticates() && g.Digest.signsFreshNonce(request, now):
		pass, reply = g.screen(data, from, now)
		return pass, message, reply
	case request.IsAck():
		return false, message, Reply{}
	}
	return false, message, g.challenge(request, from, now)
}

// KeepAlive reports whether a keep-alive of a source is to be answered.
func (g *Gate) KeepAlive(from netip.AddrPort, now time.Time) bool {
	return g.cfg.Peers.IsTrunk(from.Addr()) || g.sources.allow(from.Addr(), now)
}

// Stream reports whether more is read of the connection of an unknown source.
func (g *Gate) Stream(from netip.AddrPort, now time.Time) bool {
	if g.sources.allowEach(from.Addr(), now) {
		return true
	}
	g.Counts.dropped.Add(1)
	return false
}

// NoteAuthenticated notes that a source has shown credentials: the limits of unknown
// sources do not hold for it for a while, nor does its connection end. Its
// requests for new calls still need credentials.
func (g *Gate) NoteAuthenticated(transport string, from netip.AddrPort, now time.Time) {
	g.NotePhone(from, now)
	if transport == "UDP" {
		g.sources.authenticated(from, now)
	}
}

// NotePhone notes that a user's telephone has shown credentials: its connection stays, and
// others of its subnet, which may be the rest of an office, may send more for a while.
func (g *Gate) NotePhone(from netip.AddrPort, now time.Time) {
	g.Connections.Keep(from)
	g.sources.prove(from.Addr(), now)
}

// NoteRefused counts and logs, at a bounded rate, the request of an unknown source
// that was refused.
func (g *Gate) NoteRefused(from netip.Addr, method sip.RequestMethod, now time.Time) {
	g.sinceWarning.Add(1)
	g.Counts.unknown.Add(1)
	if g.warnings.Allow(now) {
		g.cfg.Log.Warn("request refused: its source address belongs to no trunk", "source", from, "method", method, "since_last_warning", g.sinceWarning.Swap(0))
	}
}

// MayWarn reports whether another refusal may be logged: all of them share a rate.
func (g *Gate) MayWarn(now time.Time) bool { return g.warnings.Allow(now) }
