package rtp

import (
	"math/rand/v2"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// The default range lies below Linux's ephemeral ports.
const (
	DefaultLow  = 20000
	DefaultHigh = 29999
)

// maxForeign is how many ports in a row may be somebody else's before we give
// up: each costs a system call, and a call waits.
const maxForeign = 512

// Config says where sessions may listen.
type Config struct {
	Low, High uint16     // the range of ports, both included; DefaultLow and DefaultHigh if both are 0
	Bind      netip.Addr // the local address; the zero Addr is 127.0.0.1
	// Depth is how much sound the jitter buffer collects before it plays, and keeps at
	// least: it grows when packets come late. With 0 the buffer begins with a few ms and
	// follows the jitter, with less it begins with nothing.
	Depth time.Duration
}

// Ports hands out pairs of ports: an even one for RTP, the next for RTCP
// (RFC 3550 §11). It goes round the range, so that a port that has just been
// given back does not hear the end of somebody else's call.
type Ports struct {
	bind  netip.Addr
	first int // the lowest even port
	pairs int
	depth time.Duration

	mu      sync.Mutex // one Open at a time; giving back, on a shard, takes no lock
	next    int        // the pair to try first
	holders map[string]*atomic.Int64

	used   []atomic.Bool        // by pair
	count  atomic.Int64         // of those in use
	lacked atomic.Pointer[lack] // when Open found no free pair, or no socket; nil: one has become free since
}

// NewPorts makes an allocator for a range.
func NewPorts(cfg Config) *Ports {
	if cfg.Low == 0 && cfg.High == 0 {
		cfg.Low, cfg.High = DefaultLow, DefaultHigh
	}
	if !cfg.Bind.IsValid() {
		cfg.Bind = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	first := (int(cfg.Low) + 1) &^ 1
	pairs := max((int(cfg.High)-first+1)/2, 0)
	p := &Ports{bind: cfg.Bind.Unmap(), first: first, pairs: pairs, depth: cfg.Depth, used: make([]atomic.Bool, pairs), holders: make(map[string]*atomic.Int64)}
	if pairs > 0 { // not where another process of ours began
		p.next = rand.IntN(pairs)
	}
	return p
}

// Open binds the next free pair for a holder. It passes over ports that other programs
// have. It fails with fault.KindBusy when none is free, or the holder has its share.
// Close the session, or join it to a mix, which closes it.
func (p *Ports) Open(by Holder) (*Session, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.checkShare(by); err != nil {
		return nil, err
	}
	s, err := p.openNext(p.heldBy(by.Name))
	if err != nil {
		return nil, err
	}
	return s, nil
}

// openNext binds the next free pair and counts it as held. mu is held.
func (p *Ports) openNext(held *atomic.Int64) (*Session, error) {
	foreign := 0
	for range p.pairs {
		pair := p.next
		p.next = (p.next + 1) % p.pairs
		if p.used[pair].Load() {
			continue
		}
		s, taken, err := p.open(pair, held)
		if err == nil {
			p.used[pair].Store(true)
			p.count.Add(1)
			held.Add(1)
			p.lacked.Store(nil)
			return s, nil
		}
		if !taken {
			return nil, p.notOpened(err)
		}
		if foreign++; foreign == maxForeign {
			break
		}
	}
	p.lacked.Store(&lack{at: time.Now()})
	return nil, p.exhausted(foreign)
}

// Pairs returns how many sessions can be open, where no other program has ports of the range.
func (p *Ports) Pairs() int { return p.pairs }

// Address is the local address of all sessions.
func (p *Ports) Address() netip.Addr { return p.bind }

// InUse returns how many sessions are open.
func (p *Ports) InUse() int { return int(p.count.Load()) }

func (p *Ports) open(pair int, held *atomic.Int64) (s *Session, taken bool, err error) {
	port := uint16(p.first + 2*pair)
	rtp, taken, err := listen(netip.AddrPortFrom(p.bind, port))
	if err != nil {
		return nil, taken, err
	}
	rtcp, taken, err := listen(netip.AddrPortFrom(p.bind, port+1))
	if err != nil {
		_ = rtp.close()
		return nil, taken, err
	}
	s = newSession(netip.AddrPortFrom(p.bind, port), rtp, rtcp, func() { p.release(pair, held) }, p.depth)
	return s, false, nil
}

func (p *Ports) release(pair int, held *atomic.Int64) {
	held.Add(-1)
	p.count.Add(-1)
	p.used[pair].Store(false)
	p.lacked.Store(nil)
}
