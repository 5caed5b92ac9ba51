package trunk

import (
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
