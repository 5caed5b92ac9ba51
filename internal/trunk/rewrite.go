package trunk

import (
	"fmt"
	"strings"

	"github.com/dlclark/regexp2"
)

// Rewriting says how the other end writes numbers. The zero Rewriting leaves
// them as they are.
type Rewriting struct {
	Plan
	// Rules for the numbers of callees and callers, of calls that come in and go
	// out. Of each list the first rule that matches is applied.
	CalledIn, CallingIn, CalledOut, CallingOut []Rule
}

// Plan is a country's numbering plan: how numbers that come in become E.164.
// The zero Plan knows no country.
type Plan struct {
	Country       string // its code, such as "33"; "" leaves national numbers as they are
	International string // what stands for the plus sign; "" is "00"
	National      string // what national numbers begin with, which "+33" replaces; "-" is nothing
}

// shortest is how few digits a number of a plan may have; fewer are a service's
// or an extension's, which have no E.164 form.
const shortest = 7

// E164 writes a number with its plus sign where the plan knows how. What it does
// not know, it returns as it is.
func (p Plan) E164(number string) string {
	if strings.HasPrefix(number, "+") || len(number) < shortest || strings.Trim(number, "0123456789") != "" {
		return number
	}
	international, national := p.International, p.National
	if international == "" {
		international = "00"
	}
	if rest, ok := strings.CutPrefix(number, international); ok && rest != "" {
		return "+" + rest
	}
	if p.Country == "" {
		return number
	}
	switch {
	case p.Country == "1": // North America dials 1 before ten digits, 0 for the operator's help, or nothing
		if ten := strings.TrimPrefix(number, "0"); len(ten) == 10 && ten[0] > '1' {
			return "+1" + ten
		}
		return number
	case national == "-":
		return "+" + p.Country + number
	case national == "":
		national = "0"
	}
	if rest, ok := strings.CutPrefix(number, national); ok {
		return "+" + p.Country + rest
	}
	return number
}

// Check says what is wrong with a plan.
func (p Plan) Check() error {
	if len(p.Country) > 3 || strings.Trim(p.Country, "0123456789") != "" || strings.HasPrefix(p.Country, "0") {
		return fmt.Errorf("country %q is no country code, such as 33", p.Country)
	}
	if strings.Trim(p.International, "0123456789") != "" || p.National != "-" && strings.Trim(p.National, "0123456789") != "" {
		return fmt.Errorf("prefixes %q and %q must be digits, such as 00 and 0", p.International, p.National)
	}
	return nil
}

// Rule replaces what a .NET regular expression matches.
type Rule struct {
	compiled *regexp2.Regexp
	replace  string
}

// Bounds of rules.
const (
	maxRules     = 50
	maxRewritten = 64 // characters of a number
)

// NewRule compiles a rule: what match finds becomes replace, in which $1 is the
// first group.
func NewRule(match, replace string) (Rule, error) {
	if match == "" || len(match) > maxPattern || len(replace) > maxPattern {
		return Rule{}, fmt.Errorf("match needs 1 to %d characters", maxPattern)
	}
	compiled, err := regexp2.Compile(match, regexp2.None)
	if err != nil {
		return Rule{}, err
	}
	compiled.MatchTimeout = matchTimeout
	return Rule{compiled, replace}, nil
}

// rewrite applies the first rule that matches. A pattern that does not come to an
// end within 50 ms matches nothing, and a result that no number is changes nothing.
func rewrite(number string, rules []Rule) string {
	for _, rule := range rules {
		ok, err := rule.compiled.MatchString(number)
		if err != nil || !ok {
			continue
		}
		result, err := rule.compiled.Replace(number, rule.replace, -1, 1)
		if err != nil || result == "" || len(result) > maxRewritten || strings.ContainsFunc(result, notInNumber) {
			return number
		}
		return result
	}
	return number
}

func notInNumber(r rune) bool {
	return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("+*#.-_~", r))
}

// In writes a number that the other end sent as we do: by the rules, then by the plan.
func (r *Rewriting) In(number string, rules []Rule) string { return r.E164(rewrite(number, rules)) }

// Out writes a number as the other end does.
func (r *Rewriting) Out(number string, rules []Rule) string { return rewrite(number, rules) }

func (r *Rewriting) check() error {
	if len(r.CalledIn)+len(r.CallingIn)+len(r.CalledOut)+len(r.CallingOut) > maxRules {
		return fmt.Errorf("more than %d rules", maxRules)
	}
	return r.Plan.Check()
}
