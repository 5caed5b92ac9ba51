package transaction

import (
	"errors"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// Reasons why a transaction failed.
var (
	// ErrTimeout says that no response came within 64*T1.
	ErrTimeout = errors.New("no response came in time")
	// ErrTransport says that the message could not be sent, or that the connection closed.
	ErrTransport = errors.New("the transport failed")
	// ErrEnded says that the transaction, or the layer, has ended.
	ErrEnded = errors.New("the transaction has ended")
	// ErrTooMany says that the layer carries as many transactions as it may.
	ErrTooMany = errors.New("too many transactions")
)

// Config is what a layer needs.
type Config struct {
	// T1, T2 and T4 are the estimates of RFC 3261 §17; those not given are 500 ms, 4 s, 5 s.
	T1, T2, T4 time.Duration
	// Most bounds the server transactions, and the client transactions as well, each with
	// 2 KiB of the message that it keeps; a longer message counts as several. A request
	// beyond gets 503. Zero is DefaultMost.
	Most int
	// Limited reports whether a host has an eighth of Most at most; nil: none has a limit.
	Limited func(netip.Addr) bool
	// Send writes one message. It need not wait until it has left.
	Send func(to Peer, message []byte) error
	// Request takes a request that is no repetition. It is called by who calls Receive.
	Request func(*sip.Request, *Server)
	// Stray takes a response of no transaction.
	Stray func(*sip.Response)
	Log   *slog.Logger
}

// DefaultMost is how many transactions of either side there may be.
const DefaultMost = 1 << 17

// Layer carries transactions.
type Layer struct {
	cfg   Config
	began time.Time

	mu      sync.Mutex
	servers map[Key]*Server
	clients map[clientKey]*Client
	served  shares                        // of the servers
	asked   shares                        // of the clients
	streams map[ends]map[breaker]struct{} // the transactions over each stream
	alarms  alarms
	closed  bool
}

// New makes a layer.
func New(cfg Config) *Layer {
	setDefault(&cfg.T1, 500*time.Millisecond)
	setDefault(&cfg.T2, 4*time.Second)
	setDefault(&cfg.T4, 5*time.Second)
	if cfg.Most == 0 {
		cfg.Most = DefaultMost
	}
	l := &Layer{
		cfg: cfg, began: time.Now(), servers: make(map[Key]*Server), clients: make(map[clientKey]*Client), streams: make(map[ends]map[breaker]struct{}),
		alarms: alarms{grain: max(cfg.T1/25, time.Millisecond)},
		served: newShares(cfg.Most, cfg.Limited), asked: newShares(cfg.Most, cfg.Limited),
	}
	l.alarms.timer = time.AfterFunc(time.Hour, l.ring)
	l.alarms.timer.Stop()
	return l
}

func setDefault(d *time.Duration, to time.Duration) {
	if *d == 0 {
		*d = to
	}
}

// now is the present instant.
func (l *Layer) now() instant { return time.Since(l.began) }

// longest is how long a transaction waits for what does not come.
func (l *Layer) longest() time.Duration { return 64 * l.cfg.T1 }

// Receive takes a message that has been read; from is where answers to a request go. It
// must be called in the order in which a socket or a connection gave the messages.
func (l *Layer) Receive(message sip.Message, from Peer) {
	switch m := message.(type) {
	case *sip.Request:
		l.receiveRequest(m, from)
	case *sip.Response:
		l.receiveResponse(m)
	}
}

// ring does what is due.
func (l *Layer) ring() {
	var actions []func()
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return
	}
	now := l.now()
	l.alarms.next = 0
	for owner, ok := l.alarms.due(now); ok; owner, ok = l.alarms.due(now) {
		if do := owner.ring(now); do != nil {
			actions = append(actions, do)
		}
	}
	l.alarms.arm(now)
	l.mu.Unlock()
	for _, do := range actions {
		do()
	}
}

// Count is how many server and client transactions there are.
func (l *Layer) Count() (servers, clients int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.servers), len(l.clients)
}

// send writes a message; an error is ErrTransport as well.
func (l *Layer) send(to Peer, message []byte) error {
	if err := l.cfg.Send(to, message); err != nil {
		return errors.Join(ErrTransport, err)
	}
	return nil
}

// Close ends all transactions; their users hear of ErrEnded. No message and no timer is
// served from now on.
func (l *Layer) Close() {
	l.mu.Lock()
	l.closed = true
	l.alarms.timer.Stop()
	var list []breaker
	for _, t := range l.servers {
		list = append(list, t)
	}
	for _, t := range l.clients {
		list = append(list, t)
	}
	l.mu.Unlock()
	for _, each := range list {
		each.broken(ErrEnded)
	}
}
