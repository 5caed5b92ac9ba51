package rtp

import (
	"sync/atomic"

	"github.com/switchhook/switchhook/internal/fault"
)

// Holder is for whom ports are opened.
type Holder struct {
	Name  string // "" is nobody in particular, who has no bound
	Share int    // percent of all pairs that it may hold at once; 0 is no bound
}

// sharedPairs is the least size of a range that is shared out: a smaller one is for few
// calls, and its share could be less than one of them needs.
const sharedPairs = 100

// maxIdleHolders is how many holders without ports are remembered.
const maxIdleHolders = 1000

// checkShare refuses a holder that has its share. mu is held.
func (p *Ports) checkShare(by Holder) error {
	if by.Name == "" || by.Share == 0 || p.pairs < sharedPairs {
		return nil
	}
	held, ok := p.holders[by.Name]
	if most := p.pairs * by.Share / 100; ok && held.Load() >= int64(most) {
		return fault.Busy(retryAfter, "%s holds %d of %d pairs of RTP ports, its share of %d %%", by.Name, most, p.pairs, by.Share)
	}
	return nil
}

// heldBy is the counter of a holder's pairs. mu is held.
func (p *Ports) heldBy(name string) *atomic.Int64 {
	held, ok := p.holders[name]
	if ok {
		return held
	}
	if len(p.holders) >= p.pairs+maxIdleHolders {
		for other, count := range p.holders {
			if count.Load() == 0 {
				delete(p.holders, other)
			}
		}
	}
	held = new(atomic.Int64)
	p.holders[name] = held
	return held
}
