package insight

import (
	"fmt"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/call"
)

// legsThatFailed are the legs that were never answered and whose end is a failure, as far as
// they are wanted.
func (f *facts) legsThatFailed(want func(legEnd) bool) (legs []legEnd) {
	if f.detail == nil {
		return nil
	}
	for _, leg := range f.detail.legs {
		if leg.answered.IsZero() && isFailure(leg.why.Kind) && want(leg) {
			legs = append(legs, leg)
		}
	}
	return legs
}

// noRoute: no trunk, telephone or browser could be asked.
func (f *facts) noRoute() (found []finding) {
	for _, leg := range f.legsThatFailed(func(l legEnd) bool { return !l.inbound && l.wire.Trunk == "" && l.why.SIP.Code == 0 }) {
		switch leg.why.Kind {
		case call.NotFound, call.Unreachable, call.Unsupported:
			found = append(found, sentence(leg.ended, "%s could not be called at %s: %s", number(leg.who), clock(leg.ended), endOf(leg.why)))
		}
	}
	if f.neverDialled() {
		found = append(found, sentence(f.end, "%s could not be called at %s: %s", number(f.to), clock(f.end), endOf(f.detail.why)))
	}
	return found
}

// neverDialled: a call that no trunk, telephone or browser was asked to take.
func (f *facts) neverDialled() bool {
	if f.detail == nil || f.up {
		return false
	}
	for _, leg := range f.detail.legs {
		if !leg.inbound {
			return false
		}
	}
	switch f.detail.why.Kind {
	case call.NotFound, call.Unreachable, call.Unsupported:
		return f.detail.why.SIP.Code == 0
	}
	return false
}

// refusedByRule: a rule of this server did not permit the call.
func (f *facts) refusedByRule() (found []finding) {
	for _, leg := range f.legsThatFailed(func(l legEnd) bool { return l.why.Here() }) {
		found = append(found, sentence(leg.ended, "a rule of this server refused the call to %s at %s: %s", number(leg.who), clock(leg.ended), endOf(leg.why)))
	}
	for _, r := range f.refusals {
		found = append(found, sentence(r.at, "%s was refused at %s %s", number(r.who), clock(r.at), r.why.Text))
	}
	return found
}

// trunkRefused: the other side said no.
func (f *facts) trunkRefused() (found []finding) {
	for _, leg := range f.legsThatFailed(func(l legEnd) bool {
		return !l.inbound && (l.why.SIP.Code >= 300 && l.why.SIP.Code != 488 || l.why.SIP.Code == 0 && l.wire.Trunk != "")
	}) {
		answered := endOf(leg.why)
		if leg.why.SIP.Code != 0 {
			answered = fmt.Sprintf("answered %d %s", leg.why.SIP.Code, leg.why.SIP.Phrase)
		}
		where, other := "the telephone of "+number(leg.who), ""
		if leg.wire.Trunk != "" {
			where = "the carrier of trunk " + leg.wire.Trunk
			answered = strings.TrimPrefix(answered, "trunk "+leg.wire.Trunk+" ") // as the leg says it
			if wasTried(leg.why.SIP.Code) {
				other = fmt.Sprintf("; no other trunk took %s", number(leg.who))
			}
		}
		if leg.why.Q850.Value != 0 {
			answered += fmt.Sprintf(" (Q.850 cause %d %s)", leg.why.Q850.Value, leg.why.Q850.Text)
		}
		found = append(found, sentence(leg.ended, "%s %s at %s%s", where, strings.TrimSpace(answered), clock(leg.ended), other))
	}
	return found
}

// wasTried reports whether another trunk would have been tried after that answer.
func wasTried(status int) bool { return status == 0 || status == 408 || status == 503 || status == 504 }

// noCommonCodec: the two sides have no media in common.
func (f *facts) noCommonCodec() (found []finding) {
	for _, leg := range f.legsThatFailed(func(l legEnd) bool {
		return l.why.Kind == call.Unsupported && (l.wire.Trunk != "" || l.why.SIP.Code != 0) || l.why.SIP.Code == 488
	}) {
		found = append(found, sentence(leg.ended, "%s and this server have no codec or media in common, at %s: %s%s", number(leg.who), clock(leg.ended), endOf(leg.why), f.offers()))
	}
	if len(found) == 0 && f.subject == SubjectInvite && strings.Contains(f.problem, " 488 ") {
		found = append(found, finding{f.begun, "the caller and this server have no codec or media in common" + f.offers()})
	}
	return found
}

// offers says which codecs each side named, from the descriptions on the wire.
func (f *facts) offers() (text string) {
	ours, theirs := "", ""
	for _, e := range f.messages {
		m := e.detail.(*sipMessage)
		codecs := strings.Join(codecsOf(m.text), ", ")
		switch {
		case codecs == "":
		case m.sent && ours == "":
			ours = codecs
		case !m.sent && theirs == "":
			theirs = codecs
		}
	}
	if theirs != "" {
		text += "; they name " + theirs
	}
	if ours != "" {
		text += "; we name " + ours
	}
	return text
}

// noAnswer: somebody was told, and did not take the call.
func (f *facts) noAnswer() []finding {
	if f.detail == nil || f.up || f.detail.why.Kind != call.NoAnswer {
		return nil
	}
	return []finding{sentence(f.end, "nobody answered the call to %s within %s: %s", number(f.to), f.end.Sub(f.begun).Round(time.Second), endOf(f.detail.why))}
}
