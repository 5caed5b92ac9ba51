package siptest

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"net"
	"sync"
	"time"
)

// Config says what phone it is. Everything has a default.
type Config struct {
	Listen    string      // where it listens; "127.0.0.1:0"
	Server    string      // whom it calls, host:port; "" if it only is called
	Transport string      // "udp" (the default), "tcp", "tls", "ws" or "wss"
	TLS       *tls.Config // for "tls": both ways
	User      string      // the caller's number; "+15550100"
	Name      string      // display name
	Codecs    []string    // of "PCMU", "PCMA", "G722", "OPUS" (if its library is there), the best first; the first two if empty
	T1        time.Duration
	Clocks    []Clock // of the calls, in turn: what they say, with a narrow codec; none: what the script has them say
	// Username and Password make the phone challenge those who call it.
	Username, Password string
}

// Phone makes and takes calls.
type Phone struct {
	cfg   Config
	wire  wire
	work  sync.WaitGroup
	ready chan struct{} // closed when wire is set
	done  chan struct{}

	mu       sync.Mutex
	calls    map[string]*Call // by Call-ID
	made     int              // calls
	pending  map[string]chan *Message
	answered map[string][]byte // the last response, by branch and method
	conns    []net.Conn
	log      []Entry
	lose     func(Entry) bool
	answer   func(*Message) int
	guard    func(*Message) (int, []Field)
	vanished bool
	nonce    string
	// registers counts the REGISTERs.
	registers int
	registrar *Registrar
	incoming  chan *Call
}

// New starts a phone.
func New(cfg Config) (*Phone, error) {
	if cfg.Listen == "" {
		cfg.Listen = "127.0.0.1:0"
	}
	if cfg.Transport == "" {
		cfg.Transport = "udp"
	}
	if cfg.User == "" {
		cfg.User = "+15550100"
	}
	if cfg.T1 == 0 {
		cfg.T1 = 500 * time.Millisecond
	}
	if len(cfg.Codecs) == 0 {
		cfg.Codecs = []string{"PCMU", "PCMA"}
	}
	p := &Phone{
		cfg: cfg, ready: make(chan struct{}), done: make(chan struct{}), calls: map[string]*Call{}, pending: map[string]chan *Message{},
		answered: map[string][]byte{}, incoming: make(chan *Call, 256), nonce: token(),
	}
	listen := p.listenPackets
	switch cfg.Transport {
	case "udp":
	case "ws", "wss":
		listen = p.openWebSocket
	default:
		listen = p.listenStreams
	}
	var err error
	p.wire, err = listen()
	close(p.ready)
	return p, err
}

// Addr returns where the phone listens.
func (p *Phone) Addr() net.Addr {
	if p.cfg.Transport == "udp" {
		address, _ := net.ResolveUDPAddr("udp", p.wire.local())
		return address
	}
	address, _ := net.ResolveTCPAddr("tcp", p.wire.local())
	return address
}

// Close ends every call without a word and frees all sockets.
func (p *Phone) Close() {
	p.mu.Lock()
	closed := p.vanished && p.calls == nil
	calls, conns := p.calls, p.conns
	p.calls, p.conns, p.vanished = nil, nil, true
	p.mu.Unlock()
	if closed {
		return
	}
	close(p.done)
	for _, call := range calls {
		call.finish()
	}
	p.wire.close()
	for _, conn := range conns {
		conn.Close()
	}
	p.work.Wait()
}

// Vanish makes the phone deaf and dumb from now on, as if its battery were out.
func (p *Phone) Vanish() {
	p.mu.Lock()
	p.vanished = true
	calls := p.calls
	p.mu.Unlock()
	for _, call := range calls {
		call.stopMedia()
	}
}

// Next waits for the next call to the phone.
func (p *Phone) Next(ctx context.Context) (*Call, error) {
	select {
	case call := <-p.incoming:
		return call, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("nobody called: %w", context.Cause(ctx))
	}
}

func (p *Phone) call(id string) *Call {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls[id]
}

func (p *Phone) track(conn net.Conn) {
	p.mu.Lock()
	p.conns = append(p.conns, conn)
	p.mu.Unlock()
}

func token() string { return rand.Text()[:12] }
