package streaming

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

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

// connect tries until a connection is open or no try is left. The first tries of a
// stream and those after an interruption are as many.
func (d *Dialer) connect(ctx context.Context, log *slog.Logger, cfg Config, again bool) (*websocket.Conn, error) {
	for try := 0; ; try++ {
		socket, err := d.dial(ctx, cfg)
		if err == nil {
			if again {
				d.Counts.Reconnected.Add(1)
			}
			return socket, nil
		}
		if ctx.Err() != nil || final(err) || try == len(tries) {
			return nil, err
		}
		log.Info("the connection failed; trying again", "error", err, "after", tries[try])
		select {
		case <-time.After(tries[try]):
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}
