package rtp

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
)

// The default range lies below Linux's ephemeral ports.
const (
	DefaultLow  = 20000
	DefaultHigh = 29999
)

// maxForeign is how many ports in a row may be somebody else's before we give
// up: each costs a system call, and a call waits.
const maxForeign = 512

// retryAfter is what a caller is told when no port is free: calls end all the time.
const retryAfter = 5 * time.Second

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

// lack is an Open that found nothing.
type lack struct {
	at      time.Time
	sockets error // that the system gives this process no more of them; nil: ports were lacking
}

// notOpened says why the system opens no socket. Where it has no more of them the call is refused as where no
// port is free: with 503 a carrier tries elsewhere, with 488 it gives up.
func (p *Ports) notOpened(err error) error {
	for _, exhausted := range []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM, syscall.ENOBUFS} {
		if errors.Is(err, exhausted) {
			busy := fault.Busy(retryAfter, "no RTP port can be opened: %v", err)
			p.lacked.Store(&lack{time.Now(), busy})
			return busy
		}
	}
	return fmt.Errorf("open an RTP session: %w", err)
}

func (p *Ports) exhausted(foreign int) error {
	return fault.Busy(retryAfter, "no RTP port is free on %s between %d and %d: %d pairs are in use here, %d are taken by others",
		p.bind, p.first, p.first+2*p.pairs-1, p.InUse(), foreign)
}

// Check says, without opening anything, whether Open would fail now for want of ports.
func (p *Ports) Check(by Holder) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pairs > 0 && p.InUse() >= p.pairs {
		return p.exhausted(0)
	}
	if lacked := p.lacked.Load(); lacked != nil && lacked.sockets != nil && time.Since(lacked.at) < socketLackTime {
		return lacked.sockets
	}
	return p.checkShare(by)
}

// lackTime is how long an Open that found every pair taken counts as a lack of ports.
const lackTime = 10 * time.Second

// socketLackTime is how long nobody tries again to open a socket where the system had none.
const socketLackTime = time.Second

// Ready says whether a session could be opened for somebody without a bound: nil, or a fault of
// kind Busy. Where other programs have ports of the range, only an Open finds that out.
func (p *Ports) Ready() error {
	lacked := p.lacked.Load()
	lately := lacked != nil && time.Since(lacked.at) <= lackTime
	if p.InUse() < p.pairs && !lately {
		return nil
	}
	if lately && lacked.sockets != nil {
		return lacked.sockets
	}
	return fault.Busy(retryAfter, "no RTP port is free: %d of the %d pairs of rtp-ports are in use here; give it a larger range", p.InUse(), p.pairs)
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
