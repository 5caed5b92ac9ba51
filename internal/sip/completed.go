package sip

import (
	"hash/maphash"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/expiring"
	"github.com/switchhook/switchhook/internal/sip/transaction"
)

// maxCompleted bounds the transactions that are remembered in a span of 64*T1.
const maxCompleted = 1 << 18

// completed are server transactions that are over for us, remembered for 64*T1,
// so that a repeated request is no new one (RFC 6026 §7.1, timer L; RFC 3261
// §17.2.2, timer J). It takes the place of the transactions themselves, which
// keep the response, some kB, where a number does.
type completed struct {
	seed     maphash.Seed
	keys     *expiring.Set[uint64]
	clearing atomic.Bool // a timer will give the memory of old keys back
}

func newCompleted(most int) *completed {
	return &completed{seed: maphash.MakeSeed(), keys: expiring.NewSet[uint64](64*sip.T1, most)}
}

func (c *completed) hash(request *sip.Request) (uint64, bool) {
	key, err := transaction.KeyOf(request)
	return maphash.Comparable(c.seed, key), err == nil
}

// note remembers a request's transaction.
func (c *completed) note(request *sip.Request, now time.Time) {
	key, ok := c.hash(request)
	if !ok {
		return
	}
	c.keys.Add(key, now)
	if !c.clearing.Swap(true) {
		time.AfterFunc(64*sip.T1, c.clear)
	}
}

// clear forgets old keys, and comes again while there are any.
func (c *completed) clear() {
	if c.keys.Expire(time.Now()) > 0 {
		time.AfterFunc(64*sip.T1, c.clear)
		return
	}
	c.clearing.Store(false)
}

// has reports whether a request is one of a transaction that is over.
func (c *completed) has(request *sip.Request, now time.Time) bool {
	key, ok := c.hash(request)
	return ok && c.keys.Has(key, now)
}

// repeated takes a request again that a leg has dealt with: a BYE gets the same
// answer, an INVITE none, since its leg repeats that until the ACK.
func (s *Server) repeated(request *sip.Request, tx *transaction.Server) bool {
	if !request.IsInvite() && request.Method != sip.BYE || !s.completed.has(request, time.Now()) {
		return false
	}
	if request.Method == sip.BYE {
		s.respond(request, tx, sip.StatusOK, "OK")
	}
	tx.Terminate()
	return true
}
