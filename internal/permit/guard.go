package permit

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/expiring"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/trunk"
)

// Guard is a rule about outbound calls to phone numbers: it forbids them or limits
// how many there are. A call must pass every guard that applies to it.
type Guard struct {
	Name     string   // appears in refusals and metrics
	Prefixes []string // of the numbers that it applies to; none: all numbers
	Except   []string // prefixes of numbers that it does not apply to
	By       []string // askers, or Tokens, Identities; none: everybody
	Trunks   []string // by name; none: the guard applies before a trunk is chosen

	Deny       bool // forbids the calls
	Concurrent int  // limit of concurrent calls; 0 is none
	PerMinute  int  // limit of calls in any minute; 0 is none
	Each       bool // each asker has limits of his own
}

// Groups of askers in Guard.By.
const (
	Tokens     = "tokens"     // all bearer tokens
	Identities = "identities" // all identities, by their phones
)

// Bounds of a guard.
const (
	maxLimit = 1_000_000
	maxList  = 1000
)

// Check returns what is wrong with a guard, and what would be right.
func (g Guard) Check() error {
	switch {
	case g.Name == "":
		return fmt.Errorf("a guard needs a name, which refusals show")
	case g.Deny == (g.Concurrent != 0 || g.PerMinute != 0):
		return fmt.Errorf("guard %s: needs either deny: true, or concurrent-calls or calls-per-minute", g.Name)
	case g.Concurrent < 0 || g.Concurrent > maxLimit || g.PerMinute < 0 || g.PerMinute > maxLimit:
		return fmt.Errorf("guard %s: a limit is between 1 and %d calls", g.Name, maxLimit)
	case g.Each && g.Deny:
		return fmt.Errorf("guard %s: each applies to limits; it has no meaning with deny", g.Name)
	case len(g.Prefixes)+len(g.Except)+len(g.By)+len(g.Trunks) > maxList:
		return fmt.Errorf("guard %s: more than %d entries", g.Name, maxList)
	}
	for _, prefix := range slices.Concat(g.Prefixes, g.Except) {
		if strings.Trim(prefix, "+") == "" || strings.Trim(strings.TrimPrefix(prefix, "+"), "0123456789") != "" {
			return fmt.Errorf("guard %s: prefix %q is not the beginning of a number such as +33, +1900 or 112", g.Name, prefix)
		}
	}
	for _, by := range g.By {
		if !validAsker(by) {
			return fmt.Errorf("guard %s: by contains %q; allowed are primary, secondary, tokens, identities, token:SUBJECT, or an identity 8:acs:…", g.Name, by)
		}
	}
	return nil
}

func validAsker(by string) bool {
	switch by {
	case PrimaryKey, SecondaryKey, Tokens, Identities:
		return true
	}
	return strings.HasPrefix(by, TokenAsker) || strings.HasPrefix(by, "8:")
}

func errDuplicate(name string) error { return fmt.Errorf("two guards have the name %s", name) }

// guard is a Guard with its counters.
type guard struct {
	Guard
	mu     sync.Mutex // a leaf
	shared counter
	each   *expiring.Map[string, *counter] // by asker, with Each
}

func newGuard(g Guard) *guard {
	return &guard{Guard: g, shared: newCounter(), each: expiring.New(expiring.Config[string, *counter]{Entries: maxAskers})}
}

// names reports whether a guard has a trunk in its list.
func (g *guard) names(t *trunk.Trunk) bool {
	return slices.ContainsFunc(g.Trunks, func(name string) bool { return strings.EqualFold(name, t.Name) })
}

// concerns reports whether a guard is about a request's askers, and one of some
// numbers: where a number may be understood in several ways, each of them counts.
func (r *Rules) concerns(g *guard, q Request, numbers []string) bool {
	return (len(g.By) == 0 || g.asker(q) != "") && slices.ContainsFunc(numbers, func(number string) bool {
		return (len(g.Prefixes) == 0 || r.begins(number, g.Prefixes)) && !r.begins(number, g.Except) && !r.exempt(g, number)
	})
}

// asker is the one of a request's askers that a guard is about: whose phone it is, or
// who issued the phone's credential; "" for neither. A guard without By is about the
// first.
func (g *guard) asker(q Request) string {
	switch {
	case len(g.By) == 0 || g.matchesAsker(q.By):
		return q.By
	case g.matchesAsker(q.IssuedBy):
		return q.IssuedBy
	}
	return ""
}

func (g *guard) matchesAsker(by string) bool {
	return slices.ContainsFunc(g.By, func(who string) bool {
		switch who {
		case Tokens:
			return strings.HasPrefix(by, TokenAsker)
		case Identities:
			return strings.HasPrefix(by, "8:")
		}
		return who == by
	})
}

// reserve counts a call, or refuses it. free ends the count; nil where there is none.
func (g *guard) reserve(q Request, now time.Time) (free func(), err error) {
	if g.Deny {
		return nil, g.refusal(q)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	by := g.asker(q)
	c := g.counter(by, now)
	switch {
	case c == nil:
		return nil, fault.Throttled(time.Minute, "Guard %q already counts the calls of %d callers; %s was not called. Try again later.", g.Name, maxAskers, q.To.Number()).WithCode("8516")
	case g.Concurrent > 0 && c.active >= g.Concurrent:
		return nil, fault.Throttled(time.Second, "Guard %q allows %d concurrent calls and %d are in progress; %s was not called.", g.Name, g.Concurrent, c.active, q.To.Number()).WithCode("8516")
	case g.PerMinute > 0 && !c.recent.Allow(now, g.PerMinute):
		return nil, fault.Throttled(c.recent.Wait(now), "Guard %q allows %d calls per minute and all of them have been used; %s was not called.", g.Name, g.PerMinute, q.To.Number()).WithCode("8516")
	}
	c.active++
	g.keep(by, c, now)
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		c.active--
		g.keep(by, c, time.Now())
	}, nil
}

func (g *guard) refusal(q Request) error {
	return fault.Forbidden("Guard %q does not allow calls to %s.", g.Name, q.To.Number()).WithCode("7504")
}
