package gate

import (
	"hash/maphash"
	"time"

	"github.com/switchhook/switchhook/internal/expiring"
	"github.com/switchhook/switchhook/internal/sip/header"
)

// decisions remember for a few seconds what was decided about an INVITE, so
// that a repeated one gets the same answer: an admitted call must not be refused
// because its 100 was lost, nor a refused one come in after all.
type decisions struct {
	seed maphash.Seed
	made *expiring.Map[uint64, bool]
}

const (
	// A caller without an answer repeats after 0.5, 1.5, 3.5 and 7.5 s; by then it has one.
	decisionLife = 8 * time.Second
	maxDecisions = 1 << 16
)

func newDecisions() decisions {
	return decisions{maphash.MakeSeed(), expiring.New(expiring.Config[uint64, bool]{TTL: decisionLife, Entries: maxDecisions})}
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
