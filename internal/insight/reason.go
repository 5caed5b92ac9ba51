package insight

import (
	"fmt"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/call"
)

// rules is the table from facts to sentences. Each rule tells every problem of its kind;
// the first problem of the first rule that finds any is the reason of the call.
var rules = []struct {
	code string
	find func(f *facts) []finding
}{
	{"neverACall", (*facts).neverACall},
	{"noSubscription", (*facts).noSubscription},
	{"webhookFailed", (*facts).webhookFailed},
	{"noRoute", (*facts).noRoute},
	{"refusedByRule", (*facts).refusedByRule},
	{"trunkRefused", (*facts).trunkRefused},
	{"noCommonCodec", (*facts).noCommonCodec},
	{"webhookFailed", (*facts).callbackFailed},
	{"browserLost", (*facts).browserLost},
	{"oneWaySound", (*facts).oneWaySound},
	{"recordingFailed", (*facts).recordingFailed},
	{"operationFailed", (*facts).operationFailed},
	{"poorSound", (*facts).poorSound},
	{"noAnswer", (*facts).noAnswer},
}

// finding is a problem that a rule has found.
type finding struct {
	at   time.Time
	text string
}

// facts is what rules look at.
type facts struct {
	snapshot
	deliveries []*attempt
	events     []eventFact
	requests   []*request
	refusals   []refusal // of what legs wanted
	messages   []entry   // SIP
}

type refusal struct {
	at time.Time
	*legNews
}

type eventFact struct {
	at time.Time
	*event
}

func (s snapshot) facts() *facts {
	s.open()
	f := &facts{snapshot: s}
	for _, e := range s.entries {
		switch d := e.detail.(type) {
		case *attempt:
			f.deliveries = append(f.deliveries, d)
		case *event:
			f.events = append(f.events, eventFact{e.at(), d})
		case *legNews:
			if d.what == call.LegRefused {
				f.refusals = append(f.refusals, refusal{e.at(), d})
			}
		case *request:
			f.requests = append(f.requests, d)
		case *sipMessage:
			f.messages = append(f.messages, e)
		}
	}
	return f
}

// problems applies the table. It does not look at the timeline of a call in which nothing
// may have gone wrong.
func (s snapshot) problems() (found []Problem) {
	if !s.troubled {
		return nil
	}
	f := s.facts()
	for _, rule := range rules {
		for _, one := range rule.find(f) {
			if len(found) < maxProblems {
				found = append(found, Problem{rule.code, one.at.UTC(), clean(one.text, 3*maxLine)})
			}
		}
	}
	return found
}

const maxProblems = 20

// reason is why a call ended, in words: its first problem, or how it ended.
func (s snapshot) reason(sum Summary) string {
	switch {
	case len(sum.Problems) > 0:
		return sum.Problems[0].Text
	case s.detail != nil:
		return endings(s.detail.why)
	case sum.State == StateConnected:
		return "the call is connected"
	case sum.State == StateRinging:
		return "nobody has answered yet"
	}
	return "the call ended"
}

// endings is the sentence for the end of a call without problems.
func endings(why call.Reason) string {
	how := endingOf(why)
	if why.Text == "" || strings.Contains(how, why.Text) {
		return how
	}
	return how + ": " + why.Text
}

// endingOf is how a call ended, by the kind of its reason.
func endingOf(why call.Reason) string {
	switch why.Kind {
	case call.Normal:
		return "the call ended normally"
	case call.EndedByApplication:
		return "an application ended the call"
	case call.EndedByPeer:
		return "a participant hung up"
	case call.Removed:
		return "the last participant was removed"
	case call.Canceled:
		return "the caller gave up before an answer"
	case call.Declined:
		if why.ByApplication {
			return "the application rejected the call"
		}
		return "the called party declined the call"
	case call.ServerStopped:
		return "this server was stopped"
	}
	return "the call ended (" + why.Kind.String() + ")"
}

// failedLeg is the leg whose end explains best why nobody was reached: the last that
// was never answered.
func (e *ending) failedLeg() *legEnd {
	for i := len(e.legs) - 1; i >= 0; i-- {
		if leg := &e.legs[i]; leg.answered.IsZero() && !leg.inbound && isFailure(leg.why.Kind) {
			return leg
		}
	}
	return nil
}

// clock is a time as sentences have it.
func clock(at time.Time) string { return at.UTC().Format("15:04:05") + " UTC" }

// number is the number of a raw id, or the id itself.
func number(raw string) string { return strings.TrimPrefix(raw, "4:") }

func sentence(at time.Time, format string, args ...any) finding {
	return finding{at, fmt.Sprintf(format, args...)}
}
