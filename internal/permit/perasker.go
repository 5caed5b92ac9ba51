package permit

import (
	"strings"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// places counts the calls in progress of each asker. Only askers with calls are in it.
type places struct {
	mu    sync.Mutex // a leaf
	calls map[string]int
}

// take takes a place for an asker, unless it has so many. leave gives it back.
func (p *places) take(asker string, most int) (leave func(), ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.calls[asker] >= most {
		return nil, false
	}
	if p.calls == nil {
		p.calls = make(map[string]int)
	}
	p.calls[asker]++
	return sync.OnceFunc(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.calls[asker]--; p.calls[asker] == 0 {
			delete(p.calls, asker)
		}
	}), true
}

// AdmitUser takes a place for a call that a telephone of a user makes, to whomever
// but an emergency service. leave gives it back. An error is Throttled.
func (r *Rules) AdmitUser(user string, to identifier.ID) (leave func(), err error) {
	return r.admitUser(user, to, 0)
}

// AdmitSuccessor is AdmitUser for whom a telephone wants called in its own place, which it
// gives back when it has left.
func (r *Rules) AdmitSuccessor(user string, to identifier.ID) (leave func(), err error) {
	return r.admitUser(user, to, 1)
}

// admitUser takes a place of those of a user, and of some beyond.
func (r *Rules) admitUser(user string, to identifier.ID, beyond int) (leave func(), err error) {
	if r == nil || r.perUser == 0 || r.isEmergency(to.Number()) {
		return func() {}, nil
	}
	leave, ok := r.users.take(user, r.perUser+beyond)
	if !ok {
		r.refusals.add(rulePerUser)
		return nil, fault.Throttled(5*time.Second, "the telephones of %s have %d calls in progress, the limit by call.calls-per-user", user, r.perUser).WithCode("8516")
	}
	return leave, nil
}

// admitApplication takes a place for a call that an access key or a token asks for, to
// a phone number that is none of an emergency service.
func (r *Rules) admitApplication(q Request) (leave func(), err error) {
	application := q.By == PrimaryKey || q.By == SecondaryKey || strings.HasPrefix(q.By, TokenAsker)
	if r.perApplication == 0 || !application || r.isEmergency(q.To.Number()) {
		return func() {}, nil
	}
	leave, ok := r.applications.take(q.By, r.perApplication)
	if !ok {
		r.refusals.add(rulePerApplication)
		return nil, fault.Throttled(5*time.Second, "This access key or token has %d calls to phone numbers in progress, the limit by call.calls-per-application; %s was not called.",
			r.perApplication, q.To.Number()).WithCode("8516")
	}
	return leave, nil
}
