package transaction

import (
	"errors"
	"log/slog"
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
	// Most bounds the server transactions, and the client transactions as well. A request
	// beyond gets 503. Zero is DefaultMost.
	Most int
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
	streams map[ends]map[breaker]struct{} // the transactions over each stream
	alarms  alarms
	closed  bool
}

// breaker is a transaction whose stream may close.
type breaker interface{ broken(error) }

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
	var todo []func()
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return
	}
	now := l.now()
	l.alarms.next = 0
	for owner, ok := l.alarms.due(now); ok; owner, ok = l.alarms.due(now) {
		if do := owner.ring(now); do != nil {
			todo = append(todo, do)
		}
	}
	l.alarms.arm(now)
	l.mu.Unlock()
	for _, do := range todo {
		do()
	}
}

// Count is how many server and client transactions there are.
func (l *Layer) Count() (servers, clients int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.servers), len(l.clients)
}

// StreamClosed ends the transactions over a stream between two addresses, as its
// LocalAddr and RemoteAddr write them.
func (l *Layer) StreamClosed(local, remote string) {
	l.mu.Lock()
	var list []breaker
	for each := range l.streams[ends{local, remote}] {
		list = append(list, each)
	}
	l.mu.Unlock()
	if len(list) == 0 {
		return
	}
	go func() { // who closes a connection may hold locks
		for _, each := range list {
			each.broken(errClosed)
		}
	}()
}

var errClosed = errors.Join(ErrTransport, errors.New("the connection was closed"))

// hold enters a transaction over a stream, with the lock held. Who calls it takes a
// reference to the stream, without.
func (l *Layer) hold(at ends, by breaker) {
	if at == (ends{}) {
		return
	}
	if l.streams[at] == nil {
		l.streams[at] = make(map[breaker]struct{})
	}
	l.streams[at][by] = struct{}{}
}

// leave takes it out, with the lock held. Who calls it gives the reference back, without.
func (l *Layer) leave(at ends, by breaker) {
	delete(l.streams[at], by)
	if len(l.streams[at]) == 0 {
		delete(l.streams, at)
	}
}

// refer takes a reference to a stream.
func refer(s Stream) {
	if s != nil {
		s.Ref(1)
	}
}

// release gives the reference to a stream back.
func (l *Layer) release(s Stream) {
	if s == nil {
		return
	}
	if _, err := s.TryClose(); err != nil {
		l.cfg.Log.Debug("connection not closed", "error", err)
	}
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
