package permit

import (
	"fmt"
	"strings"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/trunk"
)

// Judgement is what the rules would say about a call now. Nothing is counted.
type Judgement struct {
	Number    string           // in the form that is judged, routed and dialled
	Emergency bool             // a number of an emergency service, which few rules concern
	Refusal   string           // why no trunk would be asked; "" if one would
	Limits    []string         // guards that count the call
	Trunks    []TrunkJudgement // in the order in which they are tried
}

// TrunkJudgement is what the rules say about one trunk of the call's route.
type TrunkJudgement struct {
	Name    string
	Refusal string
	Limits  []string
}

// Explain says what would become of a call to a phone number.
func (r *Rules) Explain(q Request) Judgement {
	q.To = r.Normal(q.To)
	j := Judgement{Number: q.To.Number(), Emergency: r.isEmergency(q.To.Number())}
	numbers := r.meanings(q)
	before := func(g *guard) bool { return len(g.Trunks) == 0 && r.concerns(g, q, numbers) }
	j.Refusal, j.Limits = r.consider(q, before)
	trunks, err := r.Route(j.Number)
	if err != nil && j.Refusal == "" {
		j.Refusal = "no route leads to a trunk that takes this number"
	}
	passed := false
	for _, t := range trunks {
		one := TrunkJudgement{Name: t.Name}
		if about := r.aboutTrunk(q, t); about != nil {
			one.Refusal, one.Limits = r.consider(q, about)
		}
		if why := r.callerIDProblem(q, t); one.Refusal == "" && why != nil {
			one.Refusal = why.Error()
		}
		passed = passed || one.Refusal == ""
		j.Trunks = append(j.Trunks, one)
	}
	if j.Refusal == "" && !passed {
		j.Refusal = j.Trunks[0].Refusal
	}
	return j
}

// consider finds the guard that denies, among those that are about a request, and those
// that count it.
func (r *Rules) consider(q Request, about func(*guard) bool) (refusal string, limits []string) {
	for _, g := range r.guards {
		switch {
		case !about(g):
		case g.Deny && refusal == "":
			refusal = g.refusal(q).Error()
		case !g.Deny:
			limits = append(limits, g.Name+": "+g.Limit())
		}
	}
	return refusal, limits
}

// callerIDProblem says why a trunk would not show the caller id; nil if it would.
func (r *Rules) callerIDProblem(q Request, t *trunk.Trunk) error {
	number := q.From.Number()
	if outbound, _ := r.numbers.Calls(number); r.numbers.Owns(number) && !outbound {
		return fault.Forbidden("%s cannot make calls because its calling capability does not include outbound", number)
	}
	if r.isEmergency(q.To.Number()) || r.allowsCallerID(t, q) {
		return nil
	}
	return r.callerIDRefusal(q, t)
}

// Guards lists the guards, in their order.
func (r *Rules) Guards() []Guard {
	list := make([]Guard, 0, len(r.guards))
	for _, g := range r.guards {
		list = append(list, g.Guard)
	}
	return list
}

// Limit is what a guard does, in words.
func (g Guard) Limit() string {
	if g.Deny {
		return "forbidden"
	}
	var limits []string
	if g.Concurrent > 0 {
		limits = append(limits, fmt.Sprintf("%d calls at once", g.Concurrent))
	}
	if g.PerMinute > 0 {
		limits = append(limits, fmt.Sprintf("%d calls a minute", g.PerMinute))
	}
	text := strings.Join(limits, ", ")
	if g.Each {
		text += " for each asker"
	}
	return text
}

// Rule is the whole guard, in words.
func (g Guard) Rule() string {
	text := "calls to "
	if len(g.Prefixes) == 0 {
		text += "every number"
	} else {
		text += strings.Join(g.Prefixes, ", ")
	}
	if len(g.Except) > 0 {
		text += " except " + strings.Join(g.Except, ", ")
	}
	if len(g.By) > 0 {
		text += " by " + strings.Join(g.By, ", ")
	}
	if len(g.Trunks) > 0 {
		text += " through " + strings.Join(g.Trunks, ", ")
	}
	return text + ": " + g.Limit()
}
