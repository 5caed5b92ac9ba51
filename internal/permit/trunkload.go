package permit

import (
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/ratelimit"
	"github.com/switchhook/switchhook/internal/trunk"
)

// Load is what a trunk carries.
type Load struct {
	Inbound, Outbound int       // calls now
	Refused           string    // the last refusal, for people; "" never
	RefusedAt         time.Time // when
}

// load is a Load with its counters. loads.mu guards it.
type load struct {
	Load
	recent ratelimit.Window
}

// loads are the loads of all trunks, by name.
type loads struct {
	mu sync.Mutex // a leaf
	of map[string]*load
}

// maxLoads bounds the trunks remembered; those without calls are forgotten beyond.
const maxLoads = 1000

// on finds or makes the load of a trunk. The lock is held.
func (l *loads) on(name string) *load {
	if known := l.of[name]; known != nil {
		return known
	}
	if l.of == nil || len(l.of) >= maxLoads {
		kept := make(map[string]*load)
		for name, known := range l.of {
			if known.Inbound+known.Outbound > 0 {
				kept[name] = known
			}
		}
		l.of = kept
	}
	known := &load{recent: ratelimit.NewWindow(time.Second)}
	l.of[name] = known
	return known
}

// Load tells what a trunk carries.
func (r *Rules) Load(name string) Load {
	if r == nil {
		return Load{}
	}
	r.loads.mu.Lock()
	defer r.loads.mu.Unlock()
	if known := r.loads.of[name]; known != nil {
		return known.Load
	}
	return Load{}
}

// Enter takes a place on a trunk for a call that comes in. leave gives it back.
// An error is Busy.
func (r *Rules) Enter(t *trunk.Trunk) (leave func(), err error) {
	if r == nil {
		return func() {}, nil
	}
	return r.ride(t, func(l *load) *int { return &l.Inbound }, false)
}

// Through takes a place on a trunk for a call that goes out, once its route has
// come to that trunk. An error says why the next trunk must be tried.
func (r *Rules) Through(t *trunk.Trunk, q Request) (leave func(), err error) {
	if r == nil {
		return func() {}, nil
	}
	urgent := r.isEmergency(q.To.Number())
	if !urgent && !r.shows(t, q) {
		return nil, r.unshown(q, t)
	}
	release, err := r.pass(q, t.Name, time.Now())
	if err != nil {
		r.noteRefusal(t, err)
		return nil, err
	}
	off, err := r.ride(t, func(l *load) *int { return &l.Outbound }, urgent)
	if err != nil {
		release()
		return nil, err
	}
	return sync.OnceFunc(func() { off(); release() }), nil
}

// ride counts a call on a trunk within its limits. An urgent one counts beyond.
func (r *Rules) ride(t *trunk.Trunk, direction func(*load) *int, urgent bool) (leave func(), err error) {
	now := time.Now()
	r.loads.mu.Lock()
	defer r.loads.mu.Unlock()
	l := r.loads.on(t.Name)
	switch {
	case urgent:
	case t.MaxCalls > 0 && l.Inbound+l.Outbound >= t.MaxCalls:
		err = r.full(l, ruleMaxCalls, now, fault.Busy(5*time.Second, "trunk %s carries %d calls, which is its max-calls", t.Name, t.MaxCalls))
	case t.CallsPerSecond > 0 && !l.recent.Allow(now, t.CallsPerSecond):
		err = r.full(l, rulePerSecond, now, fault.Busy(time.Second, "trunk %s takes %d calls a second, which is its calls-per-second", t.Name, t.CallsPerSecond))
	}
	if err != nil {
		return nil, err
	}
	*direction(l)++
	return sync.OnceFunc(func() {
		r.loads.mu.Lock()
		*direction(l)--
		r.loads.mu.Unlock()
	}), nil
}

// full notes a refusal. loads.mu is held.
func (r *Rules) full(l *load, rule string, now time.Time, err *fault.Error) error {
	r.refusals.add(rule)
	l.Refused, l.RefusedAt = err.Message, now
	return err
}

func (r *Rules) noteRefusal(t *trunk.Trunk, err error) {
	r.loads.mu.Lock()
	defer r.loads.mu.Unlock()
	l := r.loads.on(t.Name)
	l.Refused, l.RefusedAt = fault.Of(err).Message, time.Now()
}
