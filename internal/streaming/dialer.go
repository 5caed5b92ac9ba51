package streaming

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/backoff"
	"github.com/switchhook/switchhook/internal/websocket"
)

// Dialer opens streams. It is shared by all calls.
type Dialer struct {
	Token func(context.Context) (string, error) // for the handshake's Authorization
	Check func(netip.Addr) error                // refuses addresses; nil: none
	TLS   *tls.Config                           // nil: the system's roots
	Log   *slog.Logger
	// Budget bounds the audio of all applications together that waits to be played;
	// nil: no bound.
	Budget *Budget
	Counts Counts

	netDial func(ctx context.Context, network, address string) (net.Conn, error) // nil: the network
}

// Counts are what a Dialer's streams count.
type Counts struct {
	Open        atomic.Int64  // streams with an open connection
	Sent        atomic.Uint64 // audio messages
	Received    atomic.Uint64 // messages of applications
	Refused     atomic.Uint64 // those that could not be used
	Dropped     atomic.Uint64 // frames that an application read too slowly for
	Gaps        atomic.Uint64 // in what applications said
	Reconnected atomic.Uint64
	Failures    atomic.Uint64
}

// tries are the pauses before each further try to connect.
var tries = []time.Duration{200 * time.Millisecond, time.Second, 3 * time.Second}

// settled is how long a connection has to last to show that the application takes it. One
// that breaks sooner counts as a try that has failed: else an application that ends each
// connection would be connected to for ever, without a pause.
const settled = 10 * time.Second

// keepOpen connects to an application, has each connection served until it breaks, and
// connects again, until no try is left or ctx is done. It returns why, and whether there
// was a connection; opened is told of the first one.
func (d *Dialer) keepOpen(ctx context.Context, log *slog.Logger, cfg Config, opened func(), serve func(*websocket.Conn) error) (interrupted bool, err error) {
	for failed := 0; ; failed++ {
		socket, err := d.dial(ctx, cfg)
		if err == nil {
			if interrupted {
				d.Counts.Reconnected.Add(1)
			} else {
				opened()
			}
			interrupted = true
			began := time.Now()
			if err = serve(socket); time.Since(began) >= settled {
				failed = -1 // it is connected to again at once
			}
		}
		if ctx.Err() != nil {
			return interrupted, context.Cause(ctx)
		}
		if final(err) || failed == len(tries) {
			return interrupted, err
		}
		if !d.pause(ctx, log, failed, err) {
			return interrupted, context.Cause(ctx)
		}
	}
}

// pause waits before the next try; false: ctx is done.
func (d *Dialer) pause(ctx context.Context, log *slog.Logger, failed int, err error) bool {
	after := time.Duration(0)
	if failed >= 0 {
		after = tries[failed]
	}
	log.Info("the connection to the application failed or broke; trying again", "error", err, "after", after)
	return backoff.Wait(ctx, after)
}
