package e2e

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// replacing is a Refer-To that names a call which the phone made (RFC 3891 §4).
func replacing(made *siptest.Call) siptest.Field {
	value := made.ID + ";to-tag=" + made.Final().Tag("To") + ";from-tag=" + made.Invite.Tag("From")
	return siptest.Field{Name: "Refer-To", Value: "<sip:" + ourNumber + "@pbx.example?Replaces=" + url.QueryEscape(value) + ">"}
}

// TestPhoneConnectsTheCallsThatItHas is the attended transfer: somebody talks to
// an application, asks a colleague in a second call, and lets the two go on
// without him. The application keeps its call, in which the colleague stands.
func TestPhoneConnectsTheCallsThatItHas(t *testing.T) {
	t.Parallel()
	a, c, phone, farPhone, first, _ := referStage(t)
	second, err := phone.Invite(siptest.Invite{To: ourNumber, Fields: []siptest.Field{{Name: "Allow", Value: "INVITE, ACK, BYE, CANCEL, REFER, NOTIFY"}}})
	must(t, err)
	a.do("redirect", values{"context": a.nextIncoming(1).Data.IncomingCallContext, "target": far, "callerNumber": ourNumber}, nil)
	colleague, err := farPhone.Next(within(t, 5*time.Second))
	must(t, err)
	must(t, colleague.Answer())
	must(t, second.WaitAnswered(within(t, 5*time.Second)))
	colleague.Tone(880, 400)
	hears(t, second, 880, 200*time.Millisecond)

	alien := siptest.Field{Name: "Refer-To", Value: "<sip:" + farNumber + "@pbx.example?Replaces=elsewhere%3Bto-tag%3Da%3Bfrom-tag%3Db>"}
	answer, err := first.Request(within(t, 5*time.Second), "REFER", nil, alien)
	must(t, err)
	if answer.Status() != 603 { // 481 would mean that the call itself is gone (RFC 5057)
		t.Errorf("a dialog of another server is answered with %s", answer.Start)
	}

	answer, err = first.Request(within(t, 5*time.Second), "REFER", nil, replacing(second))
	must(t, err)
	if answer.Status() != 202 {
		t.Fatalf("REFER got %s", answer.Start)
	}
	c.wait("the colleague in the roster", func(e event) bool {
		return c.own(e) && e.kind() == "ParticipantsUpdated" && len(e.data().Participants) == 2 && names(e.data(), far) && !names(e.data(), caller)
	})
	must(t, first.WaitEnded(within(t, 5*time.Second)))
	must(t, second.WaitEnded(within(t, 5*time.Second)))
	if told := sipfrags(phone); len(told) < 2 || told[0] != "SIP/2.0 100 Trying" || told[len(told)-1] != "SIP/2.0 200 OK" {
		t.Errorf("the phone was told %q", told)
	}
	c.do("play", values{"urls": []string{a.saveTone("after.wav", promptLength)}, "targets": []string{far}, "operationContext": "after"}, nil)
	hears(t, colleague, promptPitch, 600*time.Millisecond)
	c.gotFor("after", "PlayCompleted")
	must(t, colleague.Hangup(within(t, 5*time.Second)))
	c.ended()
}

// sipfrags are what a phone's NOTIFYs have told it of its transfer (RFC 3420).
func sipfrags(phone *siptest.Phone) (told []string) {
	for _, entry := range phone.Log() {
		if m := entry.Message; !entry.Sent && m.IsRequest() && m.Method() == "NOTIFY" {
			told = append(told, strings.TrimSpace(string(m.Body)))
		}
	}
	return told
}
