package media

import (
	"math/rand/v2"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/pion/stun/v4"
)

// path is the way to one address of a client.
type path struct {
	address netip.AddrPort
	open    atomic.Bool  // it consents
	credit  atomic.Int64 // bytes that it may be sent before it does

	via      *consentConn
	answered time.Time                    // last
	asked    [stun.TransactionIDSize]byte // the number of the request that waits for an answer
	waits    bool                         // there is one
	askedAt  time.Time                    // last
	repeats  int
	next     time.Time // when it is asked again, or consents no more; zero: never
	held     []byte    // a nomination that waits for the answer
	heldAt   time.Time
}

// schedule says when a path is asked again. It runs under mu.
func (p *path) schedule(now time.Time, selected bool) {
	p.next = time.Time{}
	if now.Sub(p.heldAt) >= checkIsHeld {
		p.held = nil
	}
	switch {
	case p.open.Load() && selected:
		p.next = p.askedAt.Add(time.Duration((0.8 + 0.4*rand.Float64()) * float64(askEvery)))
		if end := p.answered.Add(consentFor); end.Before(p.next) {
			p.next = end
		}
	case !p.open.Load() && p.waits && p.repeats < maxRepeats && (selected || p.held != nil):
		p.next = now.Add(askAgain << p.repeats)
	}
}
