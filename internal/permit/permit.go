package permit

import (
	"errors"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/trunk"
)

// Numbers is the inventory of our phone numbers, with their capabilities.
type Numbers interface {
	Owns(number string) bool
	// Calls returns the capability for calling of a number of ours.
	Calls(number string) (outbound, inbound bool)
}

// Config is what Rules need.
type Config struct {
	Numbers Numbers      // required
	Trunks  *trunk.Table // required
	Guards  []Guard
	// Override is the caller id that a number's route shows instead, or ""; nil
	// shows none.
	Override func(number string) string
	PerUser  int // calls at once that the telephones of one user make; 0 is no limit
	// PerApplication is how many calls to phone numbers one access key or token has in
	// progress; 0 is no limit.
	PerApplication int
	Emergency      []string // numbers of emergency services; nil is DefaultEmergency
	// OwnCaller is a number of ours that can make calls, or "": what an emergency service sees
	// of a telephone without a caller id; nil is none.
	OwnCaller func() string
}

// Rules are the authorization of calls: guards, limits of trunks and caller ids,
// with the counters of the calls in progress. They are safe for concurrent use.
// Nil Rules allow everything.
type Rules struct {
	numbers   Numbers
	trunks    *trunk.Table
	guards    []*guard
	override  func(number string) string
	emergency map[string]bool
	ownCaller func() string // may be nil
	loads     loads
	refusals  refusals

	perUser, perApplication int
	users, applications     places
}

// New makes rules. An error names what is wrong with the guards.
func New(cfg Config) (*Rules, error) {
	r := &Rules{numbers: cfg.Numbers, trunks: cfg.Trunks, perUser: cfg.PerUser, perApplication: cfg.PerApplication, emergency: emergencies(cfg.Emergency), ownCaller: cfg.OwnCaller}
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
			wrong = append(wrong, errDuplicate(each.Name))
		}
		seen[each.Name] = true
		r.guards = append(r.guards, newGuard(each))
	}
	return r, errors.Join(wrong...)
}

// Reserve asks the guards for a call and takes a place in every limit. release
// gives the places back, when the call is over; it may be called again. An error
// is a fault that names the rule: Forbidden, or Throttled where a later attempt
// may pass. The caller id is checked apart, by CallerID: applications learn of its
// refusal by an event.
func (r *Rules) Reserve(q Request) (release func(), err error) {
	if r == nil {
		return func() {}, nil
	}
	numbers := r.meanings(q)
	leave, err := r.admitApplication(q)
	if err != nil {
		return nil, err
	}
	guarded, err := r.reserve(q, func(g *guard) bool { return len(g.Trunks) == 0 && r.concerns(g, q, numbers) }, time.Now())
	if err != nil {
		leave()
		return nil, err
	}
	release = sync.OnceFunc(func() { guarded(); leave() })
	if err := r.checkTrunks(q); err != nil {
		release()
		return nil, err
	}
	return release, nil
}

// checkTrunks refuses a call that guards deny on every trunk of its route, so that
// whoever asks learns it at once and not from a failure event.
func (r *Rules) checkTrunks(q Request) error {
	if len(r.guards) == 0 {
		return nil
	}
	trunks, err := r.Route(r.Normal(q.To).Number())
	if err != nil {
		return nil // dialling fails and says so
	}
	var denying *guard
	for _, t := range trunks {
		if denying = r.denying(q, t); denying == nil {
			return nil
		}
	}
	r.refusals.add(denying.Name)
	return denying.refusal(q)
}

// reserve takes a place in every limit that is about a request.
func (r *Rules) reserve(q Request, about func(*guard) bool, now time.Time) (release func(), err error) {
	var taken []func()
	undo := func() {
		for _, free := range taken {
			free()
		}
	}
	for _, g := range r.guards {
		if !about(g) {
			continue
		}
		free, err := g.reserve(q, now)
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

// aboutTrunk tells which guards are about a request because of the trunk that it goes
// through: a guard that names the trunk, or one that is about the number which the
// trunk makes of it, and was not about the number that Reserve has judged.
func (r *Rules) aboutTrunk(q Request, t *trunk.Trunk) func(*guard) bool {
	if len(r.guards) == 0 {
		return nil
	}
	before, through, ruled := r.meanings(q), r.through(t, q), r.trunks.RuledAs(t)
	return func(g *guard) bool {
		if len(g.Trunks) > 0 {
			return (g.names(t) || g.names(ruled)) && r.concerns(g, q, through)
		}
		return r.concerns(g, q, through) && !r.concerns(g, q, before)
	}
}

// denying finds a guard that denies a trunk all calls to a number; nil: none does.
func (r *Rules) denying(q Request, t *trunk.Trunk) *guard {
	about := r.aboutTrunk(q, t)
	for _, g := range r.guards {
		if g.Deny && about(g) {
			return g
		}
	}
	return nil
}

// Leave asks the guards whether the other end of a trunk may be told to call a number
// by itself.
func (r *Rules) Leave(t *trunk.Trunk, q Request) error {
	if r == nil {
		return nil
	}
	if g := r.denying(q, t); g != nil {
		r.refusals.add(g.Name)
		return g.refusal(q)
	}
	return nil
}
