package permit

import (
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// users counts the calls in progress that each user's telephones have made. Only
// users with calls are in it.
type users struct {
	mu    sync.Mutex // a leaf
	calls map[string]int
}

// AdmitUser takes a place for a call that a telephone of a user makes, to whomever
// but an emergency service. leave gives it back. An error is Throttled.
func (r *Rules) AdmitUser(user string, to identifier.ID) (leave func(), err error) {
	if r == nil || r.perUser == 0 || r.isEmergency(to.Number()) {
		return func() {}, nil
	}
	r.users.mu.Lock()
	defer r.users.mu.Unlock()
	if r.users.calls[user] >= r.perUser {
		r.refusals.add(rulePerUser)
		return nil, fault.Throttled(5*time.Second, "the telephones of %s have %d calls in progress, the limit by call.calls-per-user", user, r.perUser).WithCode("8516")
	}
	if r.users.calls == nil {
		r.users.calls = make(map[string]int)
	}
	r.users.calls[user]++
	return sync.OnceFunc(func() {
		r.users.mu.Lock()
		defer r.users.mu.Unlock()
		if r.users.calls[user]--; r.users.calls[user] == 0 {
			delete(r.users.calls, user)
		}
	}), nil
}
