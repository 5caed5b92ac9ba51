package sip

import (
	"hash/maphash"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/expiring"
)

// maxCompleted bounds the transactions that are remembered.
const maxCompleted = 1 << 19

// completed are server transactions that are over for us, remembered for 64*T1,
// so that a repeated request is no new one (RFC 6026 §7.1, timer L; RFC 3261
// §17.2.2, timer J). It takes the place of sipgo's own memory, which keeps the
// request, the response and their goroutines' state, 10 kB, where a number does.
type completed struct {
	seed maphash.Seed
	keys *expiring.Map[uint64, struct{}]
}

func newCompleted(most int) completed {
	return completed{maphash.MakeSeed(), expiring.New(expiring.Config[uint64, struct{}]{TTL: 64 * sip.T1, Entries: most})}
}

func (c *completed) hash(request *sip.Request) (uint64, bool) {
	key, err := sip.ServerTxKeyMake(request)
	return maphash.String(c.seed, key), err == nil
}

// note remembers a request's transaction.
func (c *completed) note(request *sip.Request, now time.Time) {
	if key, ok := c.hash(request); ok {
		c.keys.Put(key, struct{}{}, now)
	}
}

// has reports whether a request is one of a transaction that is over.
func (c *completed) has(request *sip.Request, now time.Time) bool {
	key, ok := c.hash(request)
	if ok {
		_, ok = c.keys.Get(key, now)
	}
	return ok
}

// repeated takes a request again that a leg has dealt with: a BYE gets the same
// answer, an INVITE none, since its leg repeats that until the ACK.
func (s *Server) repeated(request *sip.Request, tx *sip.ServerTx) bool {
	if !request.IsInvite() && request.Method != sip.BYE || !s.completed.has(request, time.Now()) {
		return false
	}
	if request.Method == sip.BYE {
		s.respond(request, tx, sip.StatusOK, "OK")
	}
	tx.Terminate()
	return true
}
