package gate

import (
	"hash/maphash"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/sip/header"
)

// decisions remember for a few seconds what was decided about an INVITE, so
// that a repeated one gets the same answer: an admitted call must not be refused
// because its 100 was lost, nor a refused one come in after all.
//
// They are kept in two generations, each of which is forgotten as a whole: nothing is
// deleted one by one while calls are refused by thousands a second.
type decisions struct {
	seed maphash.Seed

	mu           sync.Mutex
	newer, older map[uint64]bool // whether it was admitted, by the INVITE's key
	began        time.Time       // when the newer generation did
}

const (
	// A caller without an answer repeats after 0.5, 1.5, 3.5 and 7.5 s; by then it has one.
	decisionLife = 8 * time.Second
	maxDecisions = 1 << 16 // in both generations
)

func newDecisions() *decisions {
	return &decisions{seed: maphash.MakeSeed(), newer: make(map[uint64]bool), older: make(map[uint64]bool)}
}

// key is an INVITE's transaction.
func (d *decisions) key(p header.Peeked) uint64 {
	var h maphash.Hash
	h.SetSeed(d.seed)
	h.Write(p.Via)
	h.Write(p.CallID)
	h.Write(p.CSeq)
	return h.Sum64()
}

// find returns what was decided within decisionLife.
func (d *decisions) find(key uint64, now time.Time) (admitted, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.age(now)
	if admitted, ok = d.newer[key]; ok {
		return admitted, true
	}
	admitted, ok = d.older[key]
	return admitted, ok
}

// keep remembers a decision.
func (d *decisions) keep(key uint64, admitted bool, now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.age(now)
	if len(d.newer) >= maxDecisions/2 {
		d.turn(now)
	}
	d.newer[key] = admitted
}

// age forgets what is older than decisionLife, and at most twice as old.
func (d *decisions) age(now time.Time) {
	switch old := now.Sub(d.began); {
	case old >= 2*decisionLife:
		d.turn(now)
		d.turn(now)
	case old >= decisionLife:
		d.turn(now)
	}
}

// turn begins a generation in the room of the older one.
func (d *decisions) turn(now time.Time) {
	clear(d.older)
	d.newer, d.older, d.began = d.older, d.newer, now
}
