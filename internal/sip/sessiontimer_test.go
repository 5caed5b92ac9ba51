package sip

import (
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// briefly lets session timers be as short as a test.
func briefly(c *Config) { c.SessionExpires, c.MinSession = 2*time.Second, time.Second }

// timed are the headers of a phone that knows session timers.
func timed(expires string, more ...siptest.Field) []siptest.Field {
	return append([]siptest.Field{{Name: "Supported", Value: "timer"}, {Name: "Session-Expires", Value: expires}}, more...)
}

// TestSessionThatThePhoneForgetsToRefreshIsEnded asks for BYE before the time is over.
func TestSessionThatThePhoneForgetsToRefreshIsEnded(t *testing.T) {
	t.Parallel()
	r := newRig(t, briefly)
	made, err := r.phone(t, nil).Invite(siptest.Invite{To: "+15551230001", Fields: timed("2;refresher=uac")})
	if err != nil {
		t.Fatal(err)
	}
	taken := r.next(t)
	taken.Answer()
	if err := made.WaitAnswered(within(t)); err != nil {
		t.Fatal(err)
	}
	expect[call.Answered](t, taken)
	if got := made.Final(); got.Get("Session-Expires") != "2;refresher=uac" || got.Get("Require") != "timer" {
		t.Errorf("Session-Expires is %q, Require %q", got.Get("Session-Expires"), got.Get("Require"))
	}
	if why := expect[call.Ended](t, taken).Reason; why.Kind != call.Vanished {
		t.Errorf("reason is %+v", why)
	}
}

// TestSessionThatThePhoneRefreshesLives asks that re-INVITE and UPDATE both count.
func TestSessionThatThePhoneRefreshesLives(t *testing.T) {
	t.Parallel()
	r := newRig(t, briefly)
	made, err := r.phone(t, nil).Invite(siptest.Invite{To: "+15551230001", Fields: timed("2;refresher=uac")})
	if err != nil {
		t.Fatal(err)
	}
	taken := r.next(t)
	taken.Answer()
	expect[call.Answered](t, taken)
	ticker := time.NewTicker(600 * time.Millisecond)
	defer ticker.Stop()
	for range 4 {
		<-ticker.C
		response, err := made.Request(within(t), "UPDATE", nil, timed("2;refresher=uac")...)
		if err != nil || response.Status() != 200 || response.Get("Session-Expires") != "2;refresher=uac" {
			t.Fatalf("%v %v", err, response)
		}
	}
	if len(taken.news) != 0 {
		t.Errorf("reported %+v", <-taken.news)
	}
}

// TestWeRefreshTheSession asks for our request in time, the lighter one where
// the phone takes it, in both directions of the call.
func TestWeRefreshTheSession(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, allow, method string }{
		{"re-INVITE", "INVITE, ACK, BYE", "INVITE"}, {"UPDATE", "INVITE, ACK, BYE, UPDATE", "UPDATE"},
	} {
		t.Run("called by "+test.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, unhurried)
			phone := r.phone(t, nil)
			if _, err := phone.Invite(siptest.Invite{To: "+15551230001", Fields: timed("6;refresher=uas", siptest.Field{Name: "Allow", Value: test.allow})}); err != nil {
				t.Fatal(err)
			}
			taken := r.next(t)
			taken.Answer()
			refreshesTwice(t, phone, taken, test.method)
		})
		t.Run("calling by "+test.name, func(t *testing.T) {
			t.Parallel()
			phone, via := callee(t, "carrier", nil)
			r := newRig(t, unhurried, via)
			made := r.dial(t, "+15557770000")
			rung := next(t, phone)
			if got := rung.Invite; got.Get("Session-Expires") != "6" || !strings.Contains(got.Get("Supported"), "timer") {
				t.Errorf("Session-Expires is %q, Supported %q", got.Get("Session-Expires"), got.Get("Supported"))
			}
			rung.Answer(timed("6;refresher=uac", siptest.Field{Name: "Allow", Value: test.allow})...)
			refreshesTwice(t, phone, made, test.method)
		})
	}
}

// unhurried has sessions that are refreshed every three seconds, a second before they
// expire: a busy machine may take some of that.
func unhurried(c *Config) { c.SessionExpires, c.MinSession = 6*time.Second, time.Second }

func refreshesTwice(t *testing.T, phone *siptest.Phone, up *testLeg, method string) {
	t.Helper()
	expect[call.Answered](t, up)
	ours := func(e siptest.Entry) bool {
		return isRequest(method, false)(e) && e.Message.Get("Session-Expires") == "6;refresher=uac"
	}
	eventually(t, func() bool { return phone.Count(ours) >= 2 })
	if len(up.news) != 0 {
		t.Errorf("reported %+v", <-up.news)
	}
}

// TestShortIntervalIsRefused asks for 422 and the interval that we serve.
func TestShortIntervalIsRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	phone := r.phone(t, nil)
	response, err := phone.Request(within(t), "INVITE", "+15551230001", timed("30")...)
	if err != nil || response.Status() != 422 || response.Get("Min-SE") != "90" {
		t.Errorf("%v %v", err, response)
	}
	if _, err := phone.Invite(siptest.Invite{To: "+15551230001", Fields: []siptest.Field{{Name: "x", Value: "30"}}}); err != nil {
		t.Fatal(err)
	}
	r.next(t) // who does not know timers could not understand 422
}

// TestLongerIntervalIsGranted asks for a second INVITE after 422.
func TestLongerIntervalIsGranted(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "carrier", nil)
	r := newRig(t, func(c *Config) { c.SessionExpires = 90 * time.Second }, via)
	made := r.dial(t, "+15557770000")
	next(t, phone).Reject(422, "Session Interval Too Small", siptest.Field{Name: "Min-SE", Value: "120"})
	again := next(t, phone)
	if got := again.Invite; got.Get("Session-Expires") != "120" || got.Get("Min-SE") != "120" || got.CSeq() != 2 {
		t.Errorf("Session-Expires %q, Min-SE %q, CSeq %d", got.Get("Session-Expires"), got.Get("Min-SE"), got.CSeq())
	}
	again.Answer()
	expect[call.Answered](t, made)
}
