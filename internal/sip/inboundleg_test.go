package sip

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// TestPhoneCallsAndIsAnswered asks for the whole of a simple call: who calls
// whom, sound both ways, tones both ways, the end.
func TestPhoneCallsAndIsAnswered(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	phone := r.phone(t, func(c *siptest.Config) { c.Name = "Alice" })
	made, err := phone.Invite(siptest.Invite{To: "15551230001", Fields: []siptest.Field{
		{Name: "User-To-User", Value: "56a390;encoding=hex"}, {Name: "X-MS-Custom-Order", Value: "42"}, {Name: "X-Other", Value: "no"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	taken := r.next(t)
	in := taken.invitation
	if in.From.Raw() != "4:+15550100" || in.To.Raw() != "4:+15551230001" || in.DisplayName != "Alice" {
		t.Errorf("invitation is %+v", in)
	}
	if len(in.SIPHeaders) != 2 || in.SIPHeaders["User-To-User"] != "56a390;encoding=hex" || in.SIPHeaders["X-MS-Custom-Order"] != "42" {
		t.Errorf("headers are %v", in.SIPHeaders)
	}
	taken.Ring()
	if err := made.WaitRinging(within(t)); err != nil {
		t.Fatal(err)
	}
	taken.Answer()
	if err := made.WaitAnswered(within(t)); err != nil {
		t.Fatal(err)
	}
	expect[call.Answered](t, taken)

	if err := made.SendTones(within(t), "12#"); err != nil {
		t.Fatal(err)
	}
	for _, want := range "12#" {
		if got := expect[call.ToneHeard](t, taken); got.Tone != call.Tone(want) {
			t.Errorf("heard %s, want %c", got.Tone, want)
		}
	}
	if err := taken.SendTones(within(t), []call.Tone{'9', '*'}); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return made.HeardTones() == "9*" })
	made.Tone(700, 4000)
	eventually(t, func() bool { return siptest.Seconds(made.Heard(), 700) >= 0.3 })

	if err := made.Hangup(within(t), siptest.Field{Name: "Reason", Value: `Q.850;cause=16;text="Normal, really"`}); err != nil {
		t.Fatal(err)
	}
	why := expect[call.Ended](t, taken).Reason
	if why.Kind != call.EndedByPeer || why.Q850 != (call.Cause{Value: 16, Text: "Normal, really"}) {
		t.Errorf("reason is %+v", why)
	}
}

// eventually waits until something holds that no message announces.
func eventually(t *testing.T, holds func() bool) {
	t.Helper()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	limit := time.After(patience)
	for !holds() {
		select {
		case <-ticker.C:
		case <-limit:
			t.Fatal("it never came true")
		}
	}
}

// TestApplicationHangsUp asks for a BYE that says why.
func TestApplicationHangsUp(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	made, taken := r.connect(t, r.phone(t, nil))
	taken.End(call.Reason{Kind: call.EndedByApplication})
	if err := made.WaitEnded(within(t)); err != nil {
		t.Fatal(err)
	}
	if got := made.Last().Get("Reason"); got != `Q.850;cause=16;text="Normal call clearing"` {
		t.Errorf("Reason is %q", got)
	}
	if why := expect[call.Ended](t, taken).Reason; why.Kind != call.EndedByApplication {
		t.Errorf("reason is %+v", why)
	}
}

// TestWhoIsAnsweredAtOnceHearsNoRinging asks that a 180 waits for an answer that follows at once.
func TestWhoIsAnsweredAtOnceHearsNoRinging(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	phone := r.phone(t, nil)
	made, err := phone.Call("+15551230001")
	if err != nil {
		t.Fatal(err)
	}
	taken := r.next(t)
	l := taken.Leg.(*leg)
	l.post(func() { l.ring(); l.accept() })
	if err := made.WaitAnswered(within(t)); err != nil {
		t.Fatal(err)
	}
	expect[call.Answered](t, taken)
	if rings := distinct(phone, isStatus("INVITE", 180, false)); rings != 0 {
		t.Errorf("the caller got %d 180s", rings)
	}
}

// TestCancelBefore180 asks that a caller who gives up at once gets 487.
func TestCancelBefore180(t *testing.T) {
	t.Parallel()
	canceled(t, func(*testLeg, *siptest.Call) {})
}

// TestCancelAfter180 asks the same while it rings.
func TestCancelAfter180(t *testing.T) {
	t.Parallel()
	canceled(t, func(taken *testLeg, made *siptest.Call) {
		taken.Ring()
		if err := made.WaitRinging(within(t)); err != nil {
			t.Fatal(err)
		}
	})
}

func canceled(t *testing.T, before func(*testLeg, *siptest.Call)) {
	r := newRig(t, nil)
	phone := r.phone(t, nil)
	made, err := phone.Call("+15551230001")
	if err != nil {
		t.Fatal(err)
	}
	taken := r.next(t)
	before(taken, made)
	if err := made.Cancel(within(t), siptest.Field{Name: "Reason", Value: `SIP;cause=200;text="Call completed elsewhere", Q.850;cause=26`}); err != nil {
		t.Fatal(err)
	}
	if err := made.WaitEnded(within(t)); err != nil {
		t.Fatal(err)
	}
	if got := made.Last(); got == nil || got.Status() != 487 {
		t.Errorf("INVITE ended with %+v, want 487", got)
	}
	why := expect[call.Ended](t, taken).Reason
	if why.Kind != call.Canceled || why.SIP.Code != 487 || why.Q850.Value != 26 {
		t.Errorf("reason is %+v", why)
	}
	oneTag(t, phone, made)
	eventually(t, func() bool { return r.Legs() == 0 })
}

// oneTag asks that all responses to an INVITE carry one To tag (RFC 3261 §8.2.6.2).
func oneTag(t *testing.T, phone *siptest.Phone, made *siptest.Call) {
	t.Helper()
	tags := map[string]bool{}
	for _, e := range phone.Log() {
		if m := e.Message; !e.Sent && m.Get("Call-ID") == made.ID && m.Status() > 0 {
			tags[m.Tag("To")] = true
		}
	}
	if len(tags) != 1 || tags[""] {
		t.Errorf("the To tags are %v, want one", tags)
	}
}

// TestRefusedCallsHaveHonestAnswers maps the application's refusals.
func TestRefusedCallsHaveHonestAnswers(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		refuse error
		end    *call.Reason
		status int
		reason string
		retry  string
	}{
		{"not owned", fault.NotFound("x"), nil, 404, "Q.850;cause=1;", ""},
		{"nobody listens", fault.Precondition("x"), nil, 480, "Q.850;cause=20;", ""},
		{"overloaded", fault.Busy(7*time.Second, "x"), nil, 503, "", "7"},
		{"forbidden", fault.Forbidden("x"), nil, 403, "", ""},
		{"broken", errors.New("x"), nil, 500, "", ""},
		{"busy", nil, &call.Reason{Kind: call.Busy}, 486, "Q.850;cause=17;", ""},
		{"declined", nil, &call.Reason{Kind: call.Declined}, 603, "Q.850;cause=21;", ""},
		{"nobody answers", nil, &call.Reason{Kind: call.NoAnswer}, 480, "Q.850;cause=19;", ""},
		{"hung up unanswered", nil, &call.Reason{Kind: call.EndedByApplication}, 603, "Q.850;cause=21;", ""},
		{"a status of elsewhere", nil, &call.Reason{Kind: call.NotFound, SIP: call.Status{Code: 604, Phrase: "Nowhere"}, Q850: call.Cause{Value: 28}}, 604, "Q.850;cause=28", ""},
		{"stopping", nil, &call.Reason{Kind: call.ServerStopped}, 503, "Q.850;cause=41;", "5"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newRig(t, nil)
			if test.refuse != nil {
				r.application.refuse.Store(&test.refuse)
			}
			made, err := r.phone(t, nil).Call("+15551230001")
			if err != nil {
				t.Fatal(err)
			}
			if test.end != nil {
				taken := r.next(t)
				taken.End(*test.end)
				if why := expect[call.Ended](t, taken).Reason; why.Kind != test.end.Kind || why.SIP.Code != test.status {
					t.Errorf("reason is %+v", why)
				}
			}
			if err := made.WaitEnded(within(t)); err != nil {
				t.Fatal(err)
			}
			got := made.Last()
			if got.Status() != test.status || !strings.HasPrefix(got.Get("Reason"), test.reason) || got.Get("Retry-After") != test.retry {
				t.Errorf("got %s, Reason %q, Retry-After %q", got.Start, got.Get("Reason"), got.Get("Retry-After"))
			}
			eventually(t, func() bool { return r.Legs() == 0 })
		})
	}
}

// TestUnacceptableSoundIsRefusedBeforeItRings asks for 488 with a reason.
func TestUnacceptableSoundIsRefusedBeforeItRings(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	for body, want := range map[string]string{
		"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\nc=IN IP4 127.0.0.1\r\nm=audio 4000 RTP/SAVP 0\r\n": "SRTP",
		"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\nc=IN IP4 127.0.0.1\r\nm=audio 4000 RTP/AVP 18\r\n": "codecs",
	} {
		made, err := r.phone(t, nil).Invite(siptest.Invite{To: "+15551230001", Body: body})
		if err != nil {
			t.Fatal(err)
		}
		if err := made.WaitEnded(within(t)); err != nil {
			t.Fatal(err)
		}
		if got := made.Last(); got.Status() != 488 || !strings.Contains(got.Get("Warning"), want) {
			t.Errorf("got %s, Warning %q; want 488 with %q", got.Start, got.Get("Warning"), want)
		}
	}
	if len(r.application.arrived) != 0 {
		t.Error("it rang")
	}
}

// TestAnonymousCallerIsAnonymous asks for the id of a withheld number.
func TestAnonymousCallerIsAnonymous(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	phone := r.phone(t, func(c *siptest.Config) { c.User = "anonymous" })
	if _, err := phone.Call("alice%40home"); err != nil {
		t.Fatal(err)
	}
	in := r.next(t).invitation
	if !in.From.IsAnonymous() || in.To.Raw() != "alice@home" {
		t.Errorf("invitation is %+v", in)
	}
}

// TestInvitationExpires asks for 487 when the time of the caller's Expires is over, and
// that an answer before it counts (RFC 3261 §13.3.1).
func TestInvitationExpires(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	expires := []siptest.Field{{Name: "Expires", Value: "3"}, {Name: "Timestamp", Value: "54.21"}}
	phone := r.phone(t, nil)
	made, err := phone.Invite(siptest.Invite{To: "+15551230001", Fields: expires})
	if err != nil {
		t.Fatal(err)
	}
	answered, err := r.phone(t, nil).Invite(siptest.Invite{To: "+15551230002", Fields: expires})
	if err != nil {
		t.Fatal(err)
	}
	waiting := r.next(t)
	taken := r.next(t)
	if waiting.invitation.To.Number() != "+15551230001" {
		waiting, taken = taken, waiting
	}
	taken.Answer()
	if err := answered.WaitAnswered(within(t)); err != nil {
		t.Fatal(err)
	}
	expect[call.Answered](t, taken)
	if err := made.WaitFinal(within(t)); err != nil || made.Final().Status() != 487 {
		t.Fatal(made.Final(), err)
	}
	if why := expect[call.Ended](t, waiting).Reason; why.Kind != call.Canceled || why.SIP.Code != 487 {
		t.Errorf("the reason is %+v", why)
	}
	if response, err := answered.Request(within(t), "OPTIONS", nil); err != nil || response.Status() != 200 {
		t.Errorf("the answered call: %v %v", response, err)
	}
	trying := once(phone, isStatus("INVITE", 100, false))
	if len(trying) != 1 || trying[0].Get("Timestamp") != "54.21" {
		t.Errorf("100 is %v", trying)
	}
}
