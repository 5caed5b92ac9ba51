package trunk

import (
	"fmt"
	"strings"
	"time"

	"github.com/dlclark/regexp2"
)

// matchTimeout bounds a pattern that backtracks without end.
const matchTimeout = 50 * time.Millisecond

// Pattern is a .NET regular expression over phone numbers, ready to match.
type Pattern struct{ compiled *regexp2.Regexp }

// NewPattern compiles a pattern; "" matches every number. An error says what is
// wrong with it.
func NewPattern(text string) (*Pattern, error) {
	compiled, err := regexp2.Compile(text, regexp2.None)
	if err != nil {
		return nil, err
	}
	compiled.MatchTimeout = matchTimeout
	return &Pattern{compiled}, nil
}

// Matches reports whether the pattern takes a number. One that does not come to
// an end within 50 ms takes nothing.
func (p *Pattern) Matches(number string) bool {
	ok, err := p.compiled.MatchString(number)
	return err == nil && ok
}

// hardNumbers are those on which patterns that backtrack without end do so: long
// runs of digits, with and without what ends them.
var hardNumbers = []string{"+" + strings.Repeat("1", 31), "+" + strings.Repeat("1", 30) + "#", strings.Repeat("0", 32) + "*"}

// Try matches the pattern against numbers that are hard for it. An error says that
// it does not come to an end in time.
func (p *Pattern) Try() error {
	for _, number := range hardNumbers {
		if _, err := p.compiled.MatchString(number); err != nil {
			return fmt.Errorf("it takes more than %s for %s", matchTimeout, number)
		}
	}
	return nil
}

// trialTime bounds the trial of several patterns together.
const trialTime = time.Second

// Trial is the trial of several patterns, with a bound on the time of all together: each may be
// nearly as slow as one may be.
type Trial struct{ until time.Time }

// NewTrial starts the time of a trial.
func NewTrial() Trial { return Trial{time.Now().Add(trialTime)} }

// Try is that of the next pattern.
func (t Trial) Try(p *Pattern) error {
	if time.Now().After(t.until) {
		return fmt.Errorf("it and those before it take more than %s together", trialTime)
	}
	return p.Try()
}

// Budget is how much time the decision about a number may take, for all patterns
// together.
type Budget struct{ until time.Time }

// decisionTime bounds the decision about one number.
const decisionTime = 100 * time.Millisecond

// NewBudget starts the time of a decision.
func NewBudget() Budget { return Budget{time.Now().Add(decisionTime)} }

// Spent reports whether the time is over.
func (b Budget) Spent() bool { return !time.Now().Before(b.until) }
