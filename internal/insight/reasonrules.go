package insight

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/delivery/history"
)

// neverACall: what the record is about was refused before it became a call.
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

// undelivered tells of the last attempt of each event that a webhook has not taken.
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
		text := fmt.Sprintf("the webhook %s did not take %s: %s at %s", t.url, t.event, outcomeOf(a.Attempt), clock(a.Time))
		if count[t] > 1 {
			text += fmt.Sprintf(", after %d attempts", count[t])
		}
		if t.event == incomingCall && !f.answeredByApplication() {
			text += "; so no application answered the call"
		}
		found = append(found, finding{a.Time, text})
	}
	return found
}

func (f *facts) answeredByApplication() bool { return len(f.connections) > 0 }

// recordingFailed: a recording could not be written, or ended by itself.
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
		if r.Status >= 400 && f.subject == SubjectCall && !f.isLate(r) {
			found = append(found, sentence(r.At, "the request %s %s was refused with %d at %s: %s", r.Method, shortPath(r.Pattern), r.Status, clock(r.At), r.problem()))
		}
	}
	return found
}

// isLate reports whether a request found its call over: an application may be about to do
// something when its caller hangs up.
func (f *facts) isLate(r *request) bool {
	return r.Status == http.StatusNotFound && !decisive[r.Pattern] && !f.end.IsZero() && !r.At.Before(f.end)
}
