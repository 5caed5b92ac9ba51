package delivery

import (
	"crypto/x509"
	"net/http"
	"net/netip"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/delivery/history"
)

// Config is what an Engine may be told; only Policies are needed.
type Config struct {
	Policies map[string]Policy

	// Client posts; it must not follow redirects. Nil makes one, with the
	// settings below.
	Client *http.Client
	// Roots are the authorities that https endpoints may have their
	// certificates from; nil takes the system's.
	Roots *x509.CertPool
	// CheckAddress may refuse the address that an endpoint's name leads to,
	// against requests forged into the own network. With it, no proxy is used.
	CheckAddress func(netip.AddrPort) error

	PerDestination int // attempts at once for one host and port, of one policy; 0: 64
	// MaxQueued bounds the messages that have not ended; more are dropped and recorded. One group
	// may have as many as there is room left. 0: 200,000.
	MaxQueued int
	// MaxBodies bounds the bodies in memory of messages that have not ended, in bytes; those of
	// more that wait are in the journal alone. 0: 64 MB.
	MaxBodies int
	// Subscribed reports whether there still is a subscription; recovered events
	// of others are dropped. Start asks; nil: there are all.
	Subscribed func(name string) bool
	// Doubtful reports whether the clock may have been set forward since the process before:
	// what it left is then tried for an hour, however old it seems to be. Start asks; nil: it
	// was not.
	Doubtful   func() bool
	KeepBodies int // bytes of events that have ended, for Resend; 0: 8 MB

	// Senders are for destinations besides webhooks, by the scheme of their URLs.
	Senders map[string]Sender

	// Attempts says how many attempts are remembered, and for how long. With an
	// archive they survive a restart, all but those of the last second before a
	// kill.
	Attempts history.Config

	// Watch is shown every attempt, and every end of a message without one; it must
	// not block. The message is only to be read, and may be gone after the call; its
	// body stays. nil: nobody looks.
	Watch func(*Message, history.Attempt)
	// TraceParent is the header traceparent of an attempt (W3C Trace Context), counted
	// from 1; "" is none. It must not block. nil: no request has one.
	TraceParent func(m *Message, attempt int) string

	Metrics prometheus.Registerer // may be nil
}

func (c Config) withDefaults() Config {
	c.PerDestination = orDefault(c.PerDestination, 64)
	c.MaxQueued = orDefault(c.MaxQueued, 200_000)
	c.MaxBodies = orDefault(c.MaxBodies, 64<<20)
	c.KeepBodies = orDefault(c.KeepBodies, 8<<20)
	if c.Client == nil {
		c.Client = newClient(c)
	}
	return c
}

func orDefault(n, otherwise int) int {
	if n > 0 {
		return n
	}
	return otherwise
}
