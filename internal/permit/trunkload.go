package permit

import (
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/ratelimit"
	"github.com/switchhook/switchhook/internal/trunk"
)

// Load is how many calls a trunk carries, and its last refusal.
type Load struct {
	Inbound, Outbound int       // calls in progress
	Refused           string    // the text of the last refusal; "" where there was none
	RefusedAt         time.Time // when that was
}

// load is a Load with the calls of the last second. loads.mu guards it.
type load struct {
	Load
	recent ratelimit.Window
}

// loads are the loads of all trunks, by name.
type loads struct {
	mu      sync.Mutex // a leaf
	byTrunk map[string]*load
}

// maxLoads bounds the trunks remembered; those without calls are forgotten beyond.
const maxLoads = 1000

// of finds or makes the load of a trunk. The lock is held.
func (l *loads) of(name string) *load {
	if known := l.byTrunk[name]; known != nil {
		return known
	}
	if l.byTrunk == nil || len(l.byTrunk) >= maxLoads {
		kept := make(map[string]*load)
		for name, known := range l.byTrunk {
			if known.Inbound+known.Outbound > 0 {
				kept[name] = known
			}
		}
		l.byTrunk = kept
	}
	known := &load{recent: ratelimit.NewWindow(time.Second)}
	l.byTrunk[name] = known
	return known
}

// Load returns how many calls a trunk carries.
func (r *Rules) Load(name string) Load {
	if r == nil {
		return Load{}
	}
	r.loads.mu.Lock()
	defer r.loads.mu.Unlock()
	if known := r.loads.byTrunk[name]; known != nil {
		return known.Load
	}
	return Load{}
}

// AdmitInbound takes a place on a trunk for an inbound call. leave gives it back.
// An error is Busy.
func (r *Rules) AdmitInbound(t *trunk.Trunk) (leave func(), err error) {
	if r == nil {
		return func() {}, nil
	}
	return r.place(t, func(l *load) *int { return &l.Inbound }, false)
}

// AdmitOutbound takes a place on a trunk for an outbound call, when its route has
// come to that trunk. An error says why the next trunk must be tried.
func (r *Rules) AdmitOutbound(t *trunk.Trunk, q Request) (leave func(), err error) {
	if r == nil {
		return func() {}, nil
	}
	emergency := r.isEmergency(q.To.Number())
	if !emergency && !r.allowsCallerID(t, q) {
		return nil, r.callerIDRefusal(q, t)
	}
	release, err := r.reserve(q, r.aboutTrunk(q, t), time.Now())
	if err != nil {
		r.noteRefusal(t, err)
		return nil, err
	}
	free, err := r.place(t, func(l *load) *int { return &l.Outbound }, emergency)
	if err != nil {
		release()
		return nil, err
	}
	return sync.OnceFunc(func() { free(); release() }), nil
}

// place counts a call on a trunk within its limits. An emergency call counts but
// is not limited.
func (r *Rules) place(t *trunk.Trunk, direction func(*load) *int, emergency bool) (leave func(), err error) {
	now := time.Now()
	t = r.trunks.RuledAs(t)
	r.loads.mu.Lock()
	defer r.loads.mu.Unlock()
	l := r.loads.of(t.Name)
	switch {
	case emergency:
	case t.MaxCalls > 0 && l.Inbound+l.Outbound >= t.MaxCalls:
		err = r.refuse(l, ruleMaxCalls, now, fault.Busy(5*time.Second, "trunk %s carries %d calls, its limit by max-calls", t.Name, t.MaxCalls))
	case t.CallsPerSecond > 0 && !l.recent.Allow(now, t.CallsPerSecond):
		err = r.refuse(l, rulePerSecond, now, fault.Busy(time.Second, "trunk %s has accepted %d calls in a second, its limit by calls-per-second", t.Name, t.CallsPerSecond))
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

// refuse records a refusal on the trunk's load. loads.mu is held.
func (r *Rules) refuse(l *load, rule string, now time.Time, err *fault.Error) error {
	r.refusals.add(rule)
	l.Refused, l.RefusedAt = err.Message, now
	return err
}

func (r *Rules) noteRefusal(t *trunk.Trunk, err error) {
	t = r.trunks.RuledAs(t)
	r.loads.mu.Lock()
	defer r.loads.mu.Unlock()
	l := r.loads.of(t.Name)
	l.Refused, l.RefusedAt = fault.Of(err).Message, time.Now()
}
