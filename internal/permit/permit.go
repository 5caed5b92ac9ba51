package permit

import (
	"errors"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/trunk"
)

// Request is a call that somebody wants to a phone number that is not ours.
type Request struct {
	By   string        // who wants it: see the askers; "" is nobody in particular
	From identifier.ID // the number shown; anonymous shows none
	To   identifier.ID // the number called
	// Forwarded says that From is a caller who is passed on, not a number that
	// somebody chose: a transfer shows whom it transfers.
	Forwarded bool
}

// Who may ask. An identity, with the phones registered for it, asks by its raw
// id; a bearer token's subject by TokenAsker before it.
const (
	PrimaryKey   = "primary"
	SecondaryKey = "secondary"
	TokenAsker   = "token:"
)

// Numbers knows which phone numbers are ours and what they are for.
type Numbers interface {
	Owns(number string) bool
	// Calls says which calls a number of ours may make and take.
	Calls(number string) (outbound, inbound bool)
}

// Config is what Rules stand on.
type Config struct {
	Numbers Numbers      // required
	Trunks  *trunk.Table // required
	Guards  []Guard
	// Override is the caller id that a number's route shows instead, or ""; nil
	// shows none.
	Override  func(number string) string
	Emergency []string // numbers of emergency services; nil is DefaultEmergency
}

// Rules decide. They are safe for use by many goroutines. Nil Rules allow
// everything.
type Rules struct {
	numbers   Numbers
	trunks    *trunk.Table
	guards    []*guard
	override  func(number string) string
	perTrunk  bool // some guards are about trunks
	emergency map[string]bool
	loads     loads
	refusals  refusals
}

// New makes rules. An error says what is wrong with a guard.
func New(cfg Config) (*Rules, error) {
	r := &Rules{numbers: cfg.Numbers, trunks: cfg.Trunks, emergency: emergencies(cfg.Emergency)}
	if r.override = cfg.Override; r.override == nil {
		r.override = func(string) string { return "" }
	}
	seen := make(map[string]bool)
	var wrong []error
	for _, each := range cfg.Guards {
		if err := each.Check(); err != nil {
			wrong = append(wrong, err)
			continue
		}
		if seen[each.Name] {
			wrong = append(wrong, errTwins(each.Name))
		}
		seen[each.Name] = true
		r.guards = append(r.guards, newGuard(each))
		r.perTrunk = r.perTrunk || len(each.Trunks) > 0
	}
	return r, errors.Join(wrong...)
}

// Spend takes a place in every limit for a call. release gives the places back when
// the call is over; it may be called again. An error is a fault that names the rule:
// Forbidden, or Throttled where a later attempt may pass. The caller id is checked
// apart, by CallerID: applications hear of it by an event.
func (r *Rules) Spend(q Request) (release func(), err error) {
	if r == nil {
		return func() {}, nil
	}
	release, err = r.pass(q, "", time.Now())
	if err != nil {
		return nil, err
	}
	if err := r.reachable(q); err != nil {
		release()
		return nil, err
	}
	return release, nil
}

// reachable refuses a call that every trunk of its route refuses for ever, so
// that who asks hears of it at once.
func (r *Rules) reachable(q Request) error {
	if !r.perTrunk {
		return nil
	}
	trunks, err := r.trunks.Route(q.To.Number())
	if err != nil {
		return nil // whoever dials says so
	}
	var closed *guard
	for _, t := range trunks {
		if closed = r.closed(q, t.Name); closed == nil {
			return nil
		}
	}
	r.refusals.add(closed.Name)
	return closed.refusal(q)
}

// pass takes a place in every limit that is about a request, in those of one
// trunk or in those of none.
func (r *Rules) pass(q Request, through string, now time.Time) (release func(), err error) {
	var taken []func()
	undo := func() {
		for _, free := range taken {
			free()
		}
	}
	for _, g := range r.guards {
		if !g.about(q, through) || r.exempt(g, q.To.Number()) {
			continue
		}
		free, err := g.take(q, now)
		if err != nil {
			undo()
			r.refusals.add(g.Name)
			return nil, err
		}
		if free != nil {
			taken = append(taken, free)
		}
	}
	return sync.OnceFunc(undo), nil
}

// closed finds a guard that closes a trunk for a number altogether; nil: none does.
func (r *Rules) closed(q Request, through string) *guard {
	for _, g := range r.guards {
		if g.Deny && g.about(q, through) && !r.exempt(g, q.To.Number()) {
			return g
		}
	}
	return nil
}
