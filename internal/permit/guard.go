package permit

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/ratelimit"
)

// Guard is a rule about calls to phone numbers. A call must pass every guard
// that is about it.
type Guard struct {
	Name     string   // what a refusal tells
	Prefixes []string // the numbers that it is about begin so; none: all numbers
	Except   []string // but not so
	By       []string // who asks: askers, or Tokens, Identities; none: everybody
	Trunks   []string // through which trunks, by name; none: wherever it goes

	Deny       bool // no such call at all
	Concurrent int  // such calls at once; 0 is no limit
	PerMinute  int  // such calls in any minute; 0 is no limit
	Each       bool // the limits count for each who asks on his own
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

// Check says what is wrong with a guard, and what would be right.
func (g Guard) Check() error {
	switch {
	case g.Name == "":
		return fmt.Errorf("a guard needs a name: refusals tell it")
	case g.Deny == (g.Concurrent != 0 || g.PerMinute != 0):
		return fmt.Errorf("guard %s: needs either deny: true, or concurrent-calls or calls-per-minute", g.Name)
	case g.Concurrent < 0 || g.Concurrent > maxLimit || g.PerMinute < 0 || g.PerMinute > maxLimit:
		return fmt.Errorf("guard %s: a limit is between 1 and %d calls", g.Name, maxLimit)
	case g.Each && g.Deny:
		return fmt.Errorf("guard %s: each is about limits; with deny it says nothing", g.Name)
	case len(g.Prefixes)+len(g.Except)+len(g.By)+len(g.Trunks) > maxList:
		return fmt.Errorf("guard %s: more than %d entries", g.Name, maxList)
	}
	for _, prefix := range slices.Concat(g.Prefixes, g.Except) {
		if strings.Trim(prefix, "+") == "" || strings.Trim(strings.TrimPrefix(prefix, "+"), "0123456789") != "" {
			return fmt.Errorf("guard %s: prefix %q is no beginning of a number, such as +33, +1900 or 112", g.Name, prefix)
		}
	}
	for _, by := range g.By {
		if !validAsker(by) {
			return fmt.Errorf("guard %s: by has %q; it is one of primary, secondary, tokens, identities, token:SUBJECT, or an identity 8:acs:…", g.Name, by)
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

func errTwins(name string) error { return fmt.Errorf("two guards are named %s", name) }

// guard is a Guard with its counters.
type guard struct {
	Guard
	mu    sync.Mutex // a leaf
	all   counter
	by    map[string]*counter // with Each
	swept time.Time
}

func newGuard(g Guard) *guard {
	return &guard{Guard: g, all: newCounter(), by: make(map[string]*counter)}
}

// about reports whether a guard looks at a request: at one of any trunk where
// it names none, at one through a trunk where it names that.
func (g *guard) about(q Request, through string) bool {
	if (len(g.Trunks) > 0) != (through != "") || through != "" && !slices.ContainsFunc(g.Trunks, func(name string) bool { return strings.EqualFold(name, through) }) {
		return false
	}
	number := international(q.To.Number())
	return (len(g.Prefixes) == 0 || begins(number, g.Prefixes)) && !begins(number, g.Except) && (len(g.By) == 0 || g.asks(q.By))
}

func (g *guard) asks(by string) bool {
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

// take counts a call, or refuses it. free uncounts it; nil has nothing to free.
func (g *guard) take(q Request, now time.Time) (free func(), err error) {
	if g.Deny {
		return nil, g.refusal(q)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.counter(q.By, now)
	switch {
	case c == nil:
		return nil, fault.Throttled(time.Minute, "Guard %s counts for too many askers; try again later.", g.Name).WithCode("8516")
	case g.Concurrent > 0 && c.active >= g.Concurrent:
		return nil, fault.Throttled(time.Second, "Guard %s allows %d calls at once, and they are going on. %s was not called.", g.Name, g.Concurrent, q.To.Number()).WithCode("8516")
	case g.PerMinute > 0 && !c.recent.Allow(now, g.PerMinute):
		return nil, fault.Throttled(c.recent.Wait(now), "Guard %s allows %d calls a minute, and they were made. %s was not called.", g.Name, g.PerMinute, q.To.Number()).WithCode("8516")
	}
	c.active++
	return func() {
		g.mu.Lock()
		c.active--
		g.mu.Unlock()
	}, nil
}

func (g *guard) refusal(q Request) error {
	return fault.Forbidden("Guard %s does not allow calls to %s.", g.Name, q.To.Number()).WithCode("7504")
}

// counter is a count of calls, at once and in the last minute.
type counter struct {
	active int
	recent ratelimit.Window
}

func newCounter() counter { return counter{recent: ratelimit.NewWindow(time.Minute)} }

// maxAskers bounds the counters of one guard.
const maxAskers = 10_000

// counter finds the counter of an asker; nil where too many have one. mu is held.
func (g *guard) counter(by string, now time.Time) *counter {
	if !g.Each {
		return &g.all
	}
	if c := g.by[by]; c != nil {
		return c
	}
	if len(g.by) >= maxAskers && now.Sub(g.swept) >= time.Second {
		g.swept = now
		for name, c := range g.by {
			if c.active == 0 && c.recent.Empty(now) {
				delete(g.by, name)
			}
		}
	}
	if len(g.by) >= maxAskers {
		return nil
	}
	c := newCounter()
	g.by[by] = &c
	return &c
}
