package call_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

func TestRedirectToAnIdentity(t *testing.T) {
	run(t, func(w *world) {
		leg, in := w.incoming()
		user := identifier.NewUser(resource)
		w.must(w.Redirect(bg, in.Context, call.Redirect{Target: user}))
		again := <-w.announcer.Calls
		if again.To != user || again.From != phone(aPhone) {
			t.Errorf("announced %s to %s", again.From, again.To)
		}
		if err := w.Reject(bg, in.Context, call.Busy); !fault.Is(err, fault.KindConflict) {
			t.Errorf("the old context gets %v", err)
		}
		p, err := w.Answer(bg, again.Context, identifier.ID{}, control)
		w.must(err)
		w.expect(p.ID, connected)
		leg.HangUp()
	})
}

// TestRedirectKeepsWhatTheCallerHandedOver, unless it has headers of its own: the SDK of .NET sends
// an empty context with each redirect.
func TestRedirectKeepsWhatTheCallerHandedOver(t *testing.T) {
	type headers = map[string]string
	for _, test := range []struct {
		name      string
		sip, voip headers
		want      string
	}{
		{"nothing", nil, nil, "case-7"},
		{"to a phone, as .NET sends it", headers{}, nil, "case-7"},
		{"to a user, as .NET sends it", nil, headers{}, "case-7"},
		{"its own", headers{"User-To-User": "case-8"}, nil, "case-8"},
	} {
		run(t, func(w *world) {
			leg := calltest.Inbound()
			report, err := w.Incoming(call.Invitation{From: phone(aPhone), To: phone(ourPhone), SIPHeaders: headers{"User-To-User": "case-7"}}, leg)
			w.must(err)
			leg.Told(report)
			in := <-w.announcer.Calls
			w.must(w.Redirect(bg, in.Context, call.Redirect{Target: identifier.NewUser(resource), SIPHeaders: test.sip, VoIPHeaders: test.voip}))
			if again := <-w.announcer.Calls; again.SIPHeaders["User-To-User"] != test.want {
				t.Errorf("%s: the target is handed %v", test.name, again.SIPHeaders)
			}
			leg.HangUp()
		})
	}
}

func TestRedirectToAPhone(t *testing.T) {
	run(t, func(w *world) {
		leg, in := w.incoming()
		w.must(w.Redirect(bg, in.Context, call.Redirect{Target: phone(bPhone)}))
		callee := <-w.dialer.Dialled
		if callee.Invitation.From != phone(ourPhone) {
			t.Errorf("the callee sees %s", callee.Invitation.From)
		}
		if before := callee.Invitation.Diverted; len(before) != 1 || before[0] != phone(ourPhone) {
			t.Errorf("the call was for %v before", before)
		}
		callee.PickUp()
		synctest.Wait()
		if w.Active() != 1 {
			t.Error("the phones are not connected")
		}
		callee.HangUp()
		synctest.Wait()
		if _, ended := leg.Why(); !ended {
			t.Error("the caller is left alone")
		}
	})
}

func TestRedirectLoopEnds(t *testing.T) {
	run(t, func(w *world) {
		leg, in := w.incoming()
		for range 10 {
			w.must(w.Redirect(bg, in.Context, call.Redirect{Target: phone(ourPhone)}))
			in = <-w.announcer.Calls
		}
		if err := w.Redirect(bg, in.Context, call.Redirect{Target: phone(ourPhone)}); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("the eleventh redirect gets %v", err)
		}
		synctest.Wait()
		if why, ended := leg.Why(); !ended || why.SIP.Code != 482 || !strings.Contains(why.Text, "loop") {
			t.Errorf("the caller hears %+v", why)
		}
		if w.Active() != 0 {
			t.Error("the call goes on")
		}
	})
}
