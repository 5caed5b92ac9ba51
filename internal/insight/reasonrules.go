package insight

import (
	"fmt"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/delivery/history"
)

func (f *facts) neverACall() []finding {
	if f.problem == "" {
		return nil
	}
	return []finding{{f.begun, f.problem}}
}

// noSubscription: the call rang for nobody.
func (f *facts) noSubscription() []finding {
	if f.detail == nil || f.detail.why.Kind != call.NoListener {
		return nil
	}
	text := fmt.Sprintf("no application received the call to %s at %s: no event subscription took the IncomingCall, and no telephone is registered for it", number(f.to), clock(f.begun))
	if len(f.unheard) > 0 {
		text += "; " + strings.Join(f.unheard, "; ")
	} else {
		text += "; there is no event subscription"
	}
	return []finding{{f.begun, text}}
}

// webhookFailed: the application could not be told.
func (f *facts) webhookFailed() []finding { return f.undelivered(false) }

// callbackFailed tells of callbacks. They tell an application of what happened, so what
// happened comes before.
func (f *facts) callbackFailed() []finding { return f.undelivered(true) }

func (f *facts) undelivered(callbacks bool) (found []finding) {
	type target struct{ event, url string }
	last, count := map[target]*attempt{}, map[target]int{}
	var order []target
	for _, a := range f.deliveries {
		if a.callback != callbacks {
			continue
		}
		t := target{shortType(a.Note), a.URL}
		if _, known := last[t]; !known {
			order = append(order, t)
		}
		if last[t] = a; a.Number > 0 {
			count[t] = max(count[t], a.Number)
		}
	}
	for _, t := range order {
		a := last[t]
		if a.Result == history.Delivered {
			continue
		}
		text := fmt.Sprintf("the webhook %s did not take %s: %s at %s, after %d attempts", t.url, t.event, outcomeOf(a.Attempt), clock(a.Time), count[t])
		if t.event == incomingCall && !f.answeredByApplication() {
			text += "; so no application answered the call"
		}
		found = append(found, finding{a.Time, text})
	}
	return found
}

func (f *facts) answeredByApplication() bool { return len(f.connections) > 0 }

// legsThatFailed are the outbound legs that nobody answered, and that no rule of the
// call itself ended.
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

func (f *facts) refusedByRule() (found []finding) {
	for _, leg := range f.legsThatFailed(func(l legEnd) bool {
		return l.why.SIP.Code == 0 && (l.why.Kind == call.Forbidden || l.why.Kind == call.CallerIDRefused || l.why.Kind == call.Overloaded)
	}) {
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

// browserLost: the path to a browser was lost, or never came up.
func (f *facts) browserLost() (found []finding) {
	if f.detail == nil {
		return nil
	}
	for _, leg := range f.detail.legs {
		if leg.why.Kind == call.MediaLost && leg.wire.CallID == "" {
			found = append(found, sentence(leg.ended, "the connection to the browser of %s was lost at %s (ICE): %s", leg.who, clock(leg.ended), endOf(leg.why)))
		}
	}
	return found
}

// enoughPackets is a second of sound: fewer say nothing about a direction.
const enoughPackets = 50

// oneWaySound: packets went in one direction only.
func (f *facts) oneWaySound() (found []finding) {
	if f.detail == nil {
		return nil
	}
	for _, leg := range f.detail.legs {
		s := leg.wire.Sound
		who := number(leg.who)
		switch {
		case leg.answered.IsZero() || leg.wire.CallID == "":
		case s.Sent >= enoughPackets && s.Received == 0:
			found = append(found, sentence(leg.answered, "sound went one way only: %d packets went to %s and none came back. The far end sends elsewhere or a firewall or NAT drops its packets; see the addresses in the SDP of both sides", s.Sent, who))
		case s.Received >= enoughPackets && s.Sent == 0:
			found = append(found, sentence(leg.answered, "sound went one way only: %d packets came from %s and none were sent to it", s.Received, who))
		case leg.why.Kind == call.MediaLost:
			found = append(found, sentence(leg.ended, "the sound of %s stopped arriving: %s, at %s", who, endOf(leg.why), clock(leg.ended)))
		}
	}
	return found
}

func (f *facts) recordingFailed() (found []finding) {
	for _, e := range f.events {
		if e.Name != "RecordingStateChanged" && e.Name != "StartRecordingFailed" || e.Cause == "" {
			continue
		}
		text := fmt.Sprintf("the recording failed at %s: %s", clock(e.at), e.Cause)
		if e.diskFull || strings.Contains(e.Cause, "disk") {
			text += ". The disk of the recordings is full (recording.min-free-mib)"
		}
		found = append(found, finding{e.at, text})
	}
	return found
}

// operationFailed: what no other rule explains, in the words of its event.
func (f *facts) operationFailed() (found []finding) {
	for _, e := range f.events {
		switch e.Name {
		case "CreateCallFailed", "AnswerFailed", "AddParticipantFailed", "RecordingStateChanged", "StartRecordingFailed":
			continue // the rules of their legs, and of recordings, tell why
		}
		if !e.failed() {
			continue
		}
		why := e.Cause
		if why == "" && e.Reason != nil {
			why = e.Reason.Text
		}
		found = append(found, sentence(e.at, "%s at %s: %s", e.Name, clock(e.at), why))
	}
	for _, r := range f.requests {
		if r.Status >= 400 && f.subject == SubjectCall {
			found = append(found, sentence(r.At, "the request %s %s was refused with %d at %s: %s", r.Method, shortPath(r.Pattern), r.Status, clock(r.At), r.problem()))
		}
	}
	return found
}

// poorMOS is the estimate below which many people are dissatisfied (ITU-T G.107,
// table B.1: R of 60, MOS 3.1).
const poorMOS = 3.1

// enoughForMOS is five seconds of sound: in fewer, the packets that are lost while a path
// comes up decide the estimate.
const enoughForMOS = 5 * enoughPackets

// poor says whether what came of a leg's sound was poor.
func poor(s call.Sound) bool { return s.MOS > 0 && s.MOS < poorMOS && s.Received >= enoughForMOS }

func (f *facts) poorSound() (found []finding) {
	if f.detail == nil {
		return nil
	}
	for _, leg := range f.detail.legs {
		if s := leg.wire.Sound; poor(s) {
			found = append(found, sentence(leg.ended, "the sound of %s was poor: MOS %.1f, %.1f %% of the packets lost, jitter up to %s", number(leg.who), s.MOS, 100*s.Loss, s.MaxJitter.Round(time.Millisecond)))
		}
	}
	return found
}

// noAnswer: somebody was told, and did not take the call.
func (f *facts) noAnswer() []finding {
	if f.detail == nil || f.up || f.detail.why.Kind != call.NoAnswer {
		return nil
	}
	return []finding{sentence(f.end, "nobody answered the call to %s within %s: %s", number(f.to), f.end.Sub(f.begun).Round(time.Second), endOf(f.detail.why))}
}
