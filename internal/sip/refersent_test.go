package sip

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// takingRefer is a phone's Allow with REFER in it.
var takingRefer = siptest.Field{Name: "Allow", Value: "INVITE, ACK, BYE, CANCEL, OPTIONS, REFER, NOTIFY"}

// referee is a phone that is up in a call with the server and answers REFER with
// a status; the message is kept.
type referee struct {
	*siptest.Call
	phone    *siptest.Phone
	taken    *testLeg
	asked    chan *siptest.Message
	outcomes chan call.Referral
}

func (r *rig) referee(t *testing.T, status int, fields ...siptest.Field) *referee {
	t.Helper()
	e := &referee{phone: r.phone(t, nil), asked: make(chan *siptest.Message, 256), outcomes: make(chan call.Referral, 4)}
	e.phone.Answering(func(m *siptest.Message) int {
		if m.Method() == "REFER" {
			e.asked <- m
			return status
		}
		return 0
	})
	made, err := e.phone.Invite(siptest.Invite{To: "+15551230001", Fields: fields})
	if err != nil {
		t.Fatal(err)
	}
	e.Call, e.taken = made, r.next(t)
	e.taken.Answer()
	if err := made.WaitAnswered(within(t)); err != nil {
		t.Fatal(err)
	}
	expect[call.Answered](t, e.taken)
	return e
}

// refer asks the phone to call somebody.
func (e *referee) refer(t *testing.T, in call.Invitation, patience time.Duration) {
	t.Helper()
	if in.To.IsZero() {
		in.To = mustPhone(t, "+15557770000")
	}
	e.taken.Leg.(call.Referring).Refer(in, patience, func(r call.Referral) { e.outcomes <- r })
}

// tell sends a NOTIFY about the REFER and returns the answer's status.
func (e *referee) tell(t *testing.T, frag, state string, more ...siptest.Field) int {
	t.Helper()
	fields := append([]siptest.Field{
		{Name: "Event", Value: "refer"}, {Name: "Subscription-State", Value: state}, {Name: "Content-Type", Value: "message/sipfrag;version=2.0"},
	}, more...)
	answer, err := e.Request(within(t), "NOTIFY", []byte(frag), fields...)
	if err != nil {
		t.Fatal(err)
	}
	return answer.Status()
}

func arrives[T any](t *testing.T, what string, from <-chan T) T {
	t.Helper()
	select {
	case got := <-from:
		return got
	case <-time.After(patience):
	}
	t.Fatalf("%s did not come", what)
	panic("unreachable")
}

// TestReferCarriesTheTransfer: what is asked, and that only a 2xx told by NOTIFY
// is an answer.
func TestReferCarriesTheTransfer(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	e := r.referee(t, 202, takingRefer)
	e.refer(t, call.Invitation{SIPHeaders: map[string]string{"User-To-User": "56;encoding=hex", "X-MS-Custom-Case": "a&b c"}}, patience)
	m := arrives(t, "REFER", e.asked)
	if got, want := m.Get("Refer-To"), "<sip:+15557770000@127.0.0.1;user=phone?User-To-User=56%3Bencoding%3Dhex&X-MS-Custom-Case=a%26b%20c>"; got != want {
		t.Errorf("Refer-To is %s, want %s", got, want)
	}
	if by := m.Get("Referred-By"); !strings.HasPrefix(by, "<sip:+15551230001@") {
		t.Errorf("Referred-By is %q", by)
	}
	if tag := m.Tag("To"); tag == "" || tag != e.Invite.Tag("From") {
		t.Error("the REFER is not in the phone's dialog")
	}
	for _, frag := range []string{"SIP/2.0 100 Trying", "SIP/2.0 180 Ringing\r\n"} {
		if status := e.tell(t, frag, "active;expires=60"); status != 200 {
			t.Errorf("NOTIFY of %q got %d", frag, status)
		}
	}
	if len(e.outcomes) != 0 {
		t.Errorf("told %+v before anybody answered", <-e.outcomes)
	}
	e.tell(t, "SIP/2.0 200 OK\r\nTo: <sip:x>\r\n", "terminated;reason=noresource", siptest.Field{Name: "Event", Value: fmt.Sprintf("refer;id=%d", m.CSeq())})
	if got := arrives(t, "the outcome", e.outcomes); got.Outcome != call.ReferralAnswered {
		t.Errorf("outcome is %+v", got)
	}
	if status := e.tell(t, "SIP/2.0 200 OK", "terminated"); status != 200 {
		t.Errorf("the second last NOTIFY got %d", status)
	}
	e.taken.End(call.Reason{Kind: call.EndedByApplication})
	if err := e.WaitEnded(within(t)); err != nil {
		t.Error(err)
	}
	if len(e.outcomes) != 0 {
		t.Error("the outcome was told twice")
	}
}

// TestRefusedReferHasTriedNothing: another way to the target stays open, unless
// somebody there wants no transfer at all.
func TestRefusedReferHasTriedNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	for status, want := range map[int]call.ReferralOutcome{
		403: call.ReferralDeclined, 405: call.ReferralDeclined, 420: call.ReferralDeclined, 501: call.ReferralDeclined, 500: call.ReferralDeclined,
		603: call.ReferralFailed, 481: call.ReferralFailed,
	} {
		e := r.referee(t, status, takingRefer)
		e.refer(t, call.Invitation{}, patience)
		got := arrives(t, "the outcome", e.outcomes)
		if got.Outcome != want || got.Reason.SIP.Code != status {
			t.Errorf("REFER refused with %d: %+v, want outcome %d", status, got, want)
		}
		e.refer(t, call.Invitation{}, patience)
		again := arrives(t, "the second outcome", e.outcomes)
		if asked := len(e.asked); want == call.ReferralDeclined && asked != 1 || again.Outcome != want {
			t.Errorf("after %d, %d were sent and the second one ended as %d", status, asked, again.Outcome)
		}
		if err := e.Hangup(within(t)); err != nil {
			t.Error(err)
		}
	}
}

// TestReferIsNotSent where the peer, the setting, the route or the length forbids.
func TestReferIsNotSent(t *testing.T) {
	t.Parallel()
	long := map[string]string{}
	for i := range 3 {
		long[fmt.Sprintf("X-MS-Custom-%d", i)] = strings.Repeat("x", 200)
	}
	refusing := trunk.Trunk{Name: "local", Host: "127.0.0.1", Sources: loopback, Refer: trunk.ReferNever}
	elsewhere := []trunk.Trunk{{Name: "local", Host: "127.0.0.1", Sources: loopback}, {Name: "other", Host: "127.0.0.2", Sources: loopback[:0]}}
	for _, test := range []struct {
		name   string
		trunks []trunk.Trunk
		routes []trunk.Route
		fields []siptest.Field
		in     call.Invitation
	}{
		{"Allow without REFER", nil, nil, nil, call.Invitation{}},
		{"never", []trunk.Trunk{refusing}, nil, []siptest.Field{takingRefer}, call.Invitation{}},
		{"another trunk's target", elsewhere, []trunk.Route{{Name: "all", Pattern: ".*", Trunks: []string{"other"}}}, []siptest.Field{takingRefer}, call.Invitation{}},
		{"too long", nil, nil, []siptest.Field{takingRefer}, call.Invitation{SIPHeaders: long}},
		{"no number", nil, nil, []siptest.Field{takingRefer}, call.Invitation{To: header.Anonymous}},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRig(t, nil, test.trunks...)
			if test.routes != nil {
				if err := r.table.Set(test.trunks, test.routes); err != nil {
					t.Fatal(err)
				}
			}
			e := r.referee(t, 202, test.fields...)
			e.refer(t, test.in, patience)
			if got := arrives(t, "the outcome", e.outcomes); got.Outcome != call.ReferralDeclined || len(e.asked) != 0 {
				t.Errorf("outcome %+v, %d REFERs sent", got, len(e.asked))
			}
		})
	}
}

// TestReferWithoutAllow: a setting sends it all the same, and a trunk's OPTIONS
// tell as much as an Allow.
func TestReferWithoutAllow(t *testing.T) {
	t.Parallel()
	t.Run("always", func(t *testing.T) {
		r := newRig(t, nil, trunk.Trunk{Name: "local", Host: "127.0.0.1", Sources: loopback, Refer: trunk.ReferAlways})
		e := r.referee(t, 202)
		e.refer(t, call.Invitation{}, patience)
		arrives(t, "REFER", e.asked)
	})
	t.Run("learnt from OPTIONS", func(t *testing.T) {
		r := newRig(t, nil)
		if _, err := r.phone(t, nil).Request(within(t), "OPTIONS", "x", takingRefer); err != nil {
			t.Fatal(err)
		}
		e := r.referee(t, 202, siptest.Field{Name: "Allow", Value: ""})
		e.refer(t, call.Invitation{}, patience)
		arrives(t, "REFER", e.asked)
	})
	t.Run("learnt from the answer to our INVITE", func(t *testing.T) {
		phone, via := callee(t, "carrier", nil)
		asked := make(chan *siptest.Message, 1)
		phone.Answering(func(m *siptest.Message) int {
			if m.Method() == "REFER" {
				asked <- m
				return 202
			}
			return 0
		})
		r := newRig(t, nil, via)
		out := r.dial(t, "+15557770000")
		if err := next(t, phone).Answer(takingRefer); err != nil {
			t.Fatal(err)
		}
		expect[call.Answered](t, out)
		out.Leg.(call.Referring).Refer(call.Invitation{To: mustPhone(t, "+15557770001")}, patience, func(call.Referral) {})
		arrives(t, "REFER", asked)
	})
}

// TestReferFails as the phone tells, or because it does not.
func TestReferFails(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	t.Run("busy", func(t *testing.T) {
		e := r.referee(t, 202, takingRefer)
		e.refer(t, call.Invitation{}, patience)
		arrives(t, "REFER", e.asked)
		e.tell(t, "SIP/2.0 486 Busy Here\r\nReason: Q.850;cause=17;text=\"User busy\"\r\n", "terminated;reason=noresource")
		got := arrives(t, "the outcome", e.outcomes)
		if got.Outcome != call.ReferralFailed || got.Reason.Kind != call.Busy || got.Reason.SIP.Code != 486 || got.Reason.Q850.Value != 17 {
			t.Errorf("outcome is %+v", got)
		}
		e.Tone(600, 4000) // and the call is whole
		eventually(t, func() bool { return e.taken.loud.Load() > 10 })
	})
	t.Run("it stops telling", func(t *testing.T) {
		e := r.referee(t, 202, takingRefer)
		e.refer(t, call.Invitation{}, patience)
		arrives(t, "REFER", e.asked)
		e.tell(t, "SIP/2.0 100 Trying", "terminated;reason=timeout")
		if got := arrives(t, "the outcome", e.outcomes); got.Outcome != call.ReferralFailed {
			t.Errorf("outcome is %+v", got)
		}
	})
	t.Run("it never tells", func(t *testing.T) {
		e := r.referee(t, 202, takingRefer)
		e.refer(t, call.Invitation{}, 200*time.Millisecond)
		if got := arrives(t, "the outcome", e.outcomes); got.Outcome != call.ReferralFailed || got.Reason.Kind != call.NoAnswer {
			t.Errorf("outcome is %+v", got)
		}
		if e.tell(t, "SIP/2.0 200 OK", "terminated") != 200 || len(e.outcomes) != 0 {
			t.Error("what came too late counted")
		}
	})
	t.Run("it hangs up", func(t *testing.T) {
		e := r.referee(t, 202, takingRefer)
		e.refer(t, call.Invitation{}, patience)
		arrives(t, "REFER", e.asked)
		if err := e.Hangup(within(t)); err != nil {
			t.Fatal(err)
		}
		if got := arrives(t, "the outcome", e.outcomes); got.Outcome != call.ReferralFailed || got.Reason.Kind != call.Canceled {
			t.Errorf("outcome is %+v", got)
		}
	})
	t.Run("we hang up", func(t *testing.T) {
		e := r.referee(t, 202, takingRefer)
		e.refer(t, call.Invitation{}, patience)
		arrives(t, "REFER", e.asked)
		e.taken.End(call.Reason{Kind: call.EndedByApplication})
		if got := arrives(t, "the outcome", e.outcomes); got.Outcome != call.ReferralFailed {
			t.Errorf("outcome is %+v", got)
		}
	})
	t.Run("it is silent", func(t *testing.T) {
		e := r.referee(t, -1, takingRefer)
		e.refer(t, call.Invitation{}, patience)
		if got := arrives(t, "the outcome", e.outcomes); got.Outcome != call.ReferralFailed || got.Reason.Kind != call.Vanished {
			t.Errorf("outcome is %+v", got)
		}
	})
}

// TestFailedReferTakesTheCallBack: a phone that put us on hold to call somebody
// is asked to speak to us again.
func TestFailedReferTakesTheCallBack(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	e := r.referee(t, 202, takingRefer)
	e.refer(t, call.Invitation{}, patience)
	arrives(t, "REFER", e.asked)
	if err := e.Hold(within(t)); err != nil {
		t.Fatal(err)
	}
	if !expect[call.HoldChanged](t, e.taken).Held {
		t.Error("the hold was not seen")
	}
	e.tell(t, "SIP/2.0 480 Temporarily Unavailable", "terminated")
	arrives(t, "the outcome", e.outcomes)
	if expect[call.HoldChanged](t, e.taken).Held {
		t.Error("the hold was not ended")
	}
}

// TestNotifyOfNothing is refused as its standard asks.
func TestNotifyOfNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	e := r.referee(t, 202, takingRefer)
	if got := e.tell(t, "SIP/2.0 200 OK", "terminated"); got != 481 {
		t.Errorf("without a REFER: %d, want 481", got)
	}
	e.refer(t, call.Invitation{}, patience)
	arrives(t, "REFER", e.asked)
	for _, test := range []struct {
		field siptest.Field
		want  int
	}{
		{siptest.Field{Name: "Event", Value: "presence"}, 489},
		{siptest.Field{Name: "Event", Value: "refer;id=999999"}, 481},
		{siptest.Field{Name: "Content-Type", Value: "text/plain"}, 415},
	} {
		if got := e.tell(t, "SIP/2.0 200 OK", "active", test.field); got != test.want {
			t.Errorf("%s: %s got %d, want %d", test.field.Name, test.field.Value, got, test.want)
		}
	}
	if len(e.outcomes) != 0 {
		t.Errorf("one of them counted: %+v", <-e.outcomes)
	}
	outside, err := e.phone.Request(within(t), "NOTIFY", "+15551230001", siptest.Field{Name: "Event", Value: "refer"})
	if err != nil || outside.Status() != 481 {
		t.Errorf("outside of calls: %v %v", outside, err)
	}
}
