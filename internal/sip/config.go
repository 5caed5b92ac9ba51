package sip

import (
	"crypto/tls"
	"net"
	"net/netip"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/permit"
	"github.com/switchhook/switchhook/internal/registrar"
	"github.com/switchhook/switchhook/internal/sip/gate"
)

// Config is the configuration of a Server. Zero values take the defaults that the
// comments name.
type Config struct {
	Listen    string // UDP and TCP; "127.0.0.1:5060". Port 0 takes a free one.
	ListenTLS string // "" listens on no TLS
	// TLS is the certificate of ListenTLS. ClientTLS is for trunks that we call;
	// nil trusts the system's authorities.
	TLS, ClientTLS *tls.Config
	// Public is the address that peers outside of this network reach us at,
	// for a server behind NAT. The zero address means our own.
	Public netip.Addr
	// MediaTimeout ends a leg that is not held when no sound arrived for so long;
	// 60 s. Negative waits for ever.
	MediaTimeout time.Duration
	// Refresh is how often a leg's peer is asked whether it still lives, by a
	// re-INVITE; 15 min. Negative never asks.
	Refresh time.Duration
	// SessionExpires is the interval that we want of session timers (RFC 4028):
	// they take the place of Refresh where the peer knows them. 30 min. Negative
	// uses none. MinSession is the shortest that we grant; 90 s, which is also the
	// least that RFC 4028 allows.
	SessionExpires, MinSession time.Duration
	// TrunkPatience is how long a trunk may leave an INVITE without any reply
	// before the next trunk is tried; 4 s.
	TrunkPatience time.Duration
	// Grace is how long a leg that we end waits for the answer to its BYE or CANCEL
	// before it reports its end; 4 s.
	Grace time.Duration
	// MaxLegs bounds the legs; more calls get 503. 10,000.
	MaxLegs int
	// RetryAfter is the Retry-After of refusals when we are full or draining; 5 s.
	RetryAfter time.Duration
	// Strain tells how much the rest of the server has suffered since it was asked
	// last: at 1 it has as much to do as it can, above it less calls are let in.
	// nil is 0. It is asked from any goroutine, ten times a second at most.
	Strain func() float64
	// measure takes the place of the measurement of load; nil measures.
	measure func(now time.Time, delay time.Duration) gate.Sample
	// unknownLife is how long the connection of an unknown source lives; 10 s.
	unknownLife time.Duration
	// RegisterRetry is how long after the first failure a registration is tried
	// again; each further failure doubles it. 30 s.
	RegisterRetry time.Duration
	// withdrawTime is how long trunks have to confirm the end of our registration; 2 s.
	withdrawTime time.Duration
	// holdPatience is how long keys wait for a phone that holds its call; 10 s.
	holdPatience time.Duration
	// AttestationHeader is an X-MS-Custom-… header in which applications read what a
	// caller's Identity header says; "" shows it to none.
	AttestationHeader string
	// Permit knows how many calls trunks carry, and which of them; nil: all.
	Permit *permit.Rules
	// UserPorts and TrunkPorts are how many percent of the RTP ports the calls of one
	// user's telephones, and calls over one trunk, may hold at once; 0 is no bound.
	UserPorts, TrunkPorts int
	// Phones knows the telephones of users; nil: they have none.
	Phones *registrar.Registrar
	// flowKeepAlive is how often telephones over UDP are probed by OPTIONS; 30 s.
	flowKeepAlive time.Duration
	// connKeepAlive is how often connections of ours are kept alive; 95 s.
	connKeepAlive time.Duration
	// brokenPatience is how long the end of a leg may take whose goroutine has panicked; 64 s.
	brokenPatience time.Duration
	// Origins are the sites whose pages may open WebSockets beside this server's
	// own: "https://phone.example", or "*" for all.
	Origins []string
	// Strangers is how many WebSockets may be open whose clients have shown no
	// credentials: a part of the connections of their listener. 0: as many as of SIP over
	// TCP.
	Strangers int
	// Digests are the algorithms that challenges offer, in this order; MD5, then
	// SHA-256 if empty. Credentials made with another one are not taken.
	Digests []string
	// Resolver looks up trunks' names; nil is the system's.
	Resolver  Resolver
	UserAgent string // "Switchhook"
	// Tracer is shown every SIP message; nil: nobody is.
	Tracer Tracer
	// Proxied shows the connections of a listener over TCP or TLS as those of the clients
	// behind trusted proxies; nil: as they are.
	Proxied func(net.Listener) net.Listener
}

// unknownLife is long enough to read a refusal.
const unknownLife = 10 * time.Second

func (c Config) withDefaults() Config {
	set := func(d *time.Duration, value time.Duration) {
		if *d == 0 {
			*d = value
		}
	}
	set(&c.MediaTimeout, time.Minute)
	set(&c.Refresh, 15*time.Minute)
	set(&c.SessionExpires, 30*time.Minute)
	set(&c.MinSession, 90*time.Second)
	set(&c.TrunkPatience, 4*time.Second)
	set(&c.Grace, 4*time.Second)
	set(&c.unknownLife, unknownLife)
	set(&c.flowKeepAlive, flowKeepAlive)
	set(&c.connKeepAlive, connKeepAlive)
	set(&c.brokenPatience, brokenPatience)
	set(&c.RetryAfter, 5*time.Second)
	set(&c.RegisterRetry, 30*time.Second)
	set(&c.withdrawTime, 2*time.Second)
	set(&c.holdPatience, 10*time.Second)
	if len(c.Digests) == 0 {
		c.Digests = []string{"MD5", "SHA-256"}
	}
	if c.Resolver == nil {
		c.Resolver = net.DefaultResolver
	}
	if c.Listen == "" {
		c.Listen = "127.0.0.1:5060"
	}
	if c.MaxLegs == 0 {
		c.MaxLegs = 10000
	}
	if c.Proxied == nil {
		c.Proxied = func(at net.Listener) net.Listener { return at }
	}
	if c.UserAgent == "" {
		c.UserAgent = "Switchhook"
	}
	return c
}

// Calls takes the calls that come in. Incoming is told of a request that is
// well-formed and allowed; the leg's reports go to the function that it returns,
// none before. It may use the leg at once. The kind of its error decides what
// the caller hears: NotFound 404, Precondition 480, Busy and Throttled 503,
// Forbidden 403, anything else 500.
type Calls interface {
	Incoming(invitation call.Invitation, leg call.Leg) (report func(call.Report), err error)
}
