package sip

import (
	"hash/maphash"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
)

// maxSettled bounds the transactions that are remembered in a span of 64*T1.
const maxSettled = 1 << 18

// settled remembers server transactions that are over for us, for at least 64*T1,
// so that a repeated request is no new one (RFC 6026 §7.1, timer L; RFC 3261
// §17.2.2, timer J). It takes the place of sipgo's own memory, which keeps the
// request, the response and their goroutines' state, 10 kB, where a number does.
type settled struct {
	seed maphash.Seed
	most int // in a span

	mu          sync.Mutex
	now, before map[uint64]struct{}
	turning     bool // a timer will turn the page
}

func newSettled() settled { return settled{seed: maphash.MakeSeed(), most: maxSettled} }

func (s *settled) hash(request *sip.Request) (uint64, bool) {
	key, err := sip.ServerTxKeyMake(request)
	return maphash.String(s.seed, key), err == nil
}

// note remembers a request's transaction.
func (s *settled) note(request *sip.Request) {
	key, ok := s.hash(request)
	if !ok {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.now) >= s.most {
		s.before, s.now = s.now, nil
	}
	if s.now == nil {
		s.now = make(map[uint64]struct{})
	}
	s.now[key] = struct{}{}
	if !s.turning {
		s.turning = true
		time.AfterFunc(64*sip.T1, s.turn)
	}
}

// turn forgets what is old.
func (s *settled) turn() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before, s.now = s.now, nil
	if s.turning = len(s.before) > 0; s.turning {
		time.AfterFunc(64*sip.T1, s.turn)
	}
}

// repeats reports whether a request is one of a transaction that is over.
func (s *settled) repeats(request *sip.Request) bool {
	key, ok := s.hash(request)
	if !ok {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, now := s.now[key]
	_, before := s.before[key]
	return now || before
}

// repeated takes a request again that a leg has dealt with: a BYE gets the same
// answer, an INVITE none, since its leg repeats that until the ACK.
func (s *Server) repeated(request *sip.Request, tx *sip.ServerTx) bool {
	if !request.IsInvite() && request.Method != sip.BYE || !s.settled.repeats(request) {
		return false
	}
	if request.Method == sip.BYE {
		s.respond(request, tx, sip.StatusOK, "OK")
	}
	tx.Terminate()
	return true
}
