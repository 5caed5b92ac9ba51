package sip

import (
	"slices"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// next returns the next call at a phone.
func next(t *testing.T, phone *siptest.Phone) *siptest.Call {
	t.Helper()
	taken, err := phone.Next(within(t))
	if err != nil {
		t.Fatal(err)
	}
	return taken
}

// TestApplicationCallsAPhone asks for ringing, answer, who calls, sound and end.
func TestApplicationCallsAPhone(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "carrier", nil)
	r := newRig(t, nil, via)
	made := r.dial(t, "+15557770000")
	made.say.Store(audio.NewOscillator(-6, 700))
	taken := next(t, phone)
	if from := taken.Invite.Get("From"); !strings.HasPrefix(from, `"Front \"desk\"" <sip:+15550009999@`) {
		t.Errorf("From is %q", from)
	}
	if asserted := taken.Invite.Get("P-Asserted-Identity"); !strings.Contains(asserted, "<sip:+15550009999@127.0.0.1>") {
		t.Errorf("P-Asserted-Identity is %q", asserted)
	}
	if uri := taken.Invite.URI(); !strings.HasPrefix(uri, "sip:+15557770000@127.0.0.1:") {
		t.Errorf("Request-URI is %q", uri)
	}
	taken.Ring()
	expect[call.Ringing](t, made)
	taken.Answer()
	expect[call.Answered](t, made)
	eventually(t, func() bool { return siptest.Seconds(taken.Heard(), 700) >= 0.3 })
	made.End(call.Reason{Kind: call.EndedByApplication})
	if err := taken.WaitEnded(within(t)); err != nil {
		t.Fatal(err)
	}
	if why := expect[call.Ended](t, made).Reason; why.Kind != call.EndedByApplication {
		t.Errorf("reason is %+v", why)
	}
	eventually(t, func() bool { return r.Legs() == 0 })
}

// TestEarlyMediaRings asks that a 183 counts as ringing and does not answer.
func TestEarlyMediaRings(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "carrier", nil)
	r := newRig(t, nil, via)
	made := r.dial(t, "+15557770000")
	taken := next(t, phone)
	taken.Progress()
	expect[call.Ringing](t, made)
	expect[call.EarlySound](t, made)
	taken.Answer()
	expect[call.Answered](t, made)
}

// TestRefusalsOfPhonesAreHonest maps what a phone or carrier answers.
func TestRefusalsOfPhonesAreHonest(t *testing.T) {
	t.Parallel()
	tests := []struct {
		status int
		kind   call.ReasonKind
	}{
		{486, call.Busy}, {600, call.Busy}, {603, call.Declined}, {403, call.Forbidden}, {433, call.Forbidden}, {437, call.Forbidden}, {404, call.NotFound},
		{484, call.NotFound}, {604, call.NotFound}, {408, call.NoAnswer}, {480, call.NoAnswer}, {503, call.Unreachable},
		{504, call.Unreachable}, {488, call.Unsupported}, {606, call.Unsupported}, {487, call.Canceled}, {500, call.Failed}, {302, call.Failed},
	}
	phone, via := callee(t, "carrier", nil)
	r := newRig(t, nil, via)
	for _, test := range tests {
		made := r.dial(t, "+15557770000")
		next(t, phone).Reject(test.status, "So It Is", siptest.Field{Name: "Reason", Value: `Q.850;cause=34;text="No circuit"`})
		why := expect[call.Ended](t, made).Reason
		want := call.Reason{Kind: test.kind, Text: "So It Is", SIP: call.Status{Code: test.status, Phrase: "So It Is"}, Q850: call.Cause{Value: 34, Text: "No circuit"}}
		if why != want {
			t.Errorf("%d: reason is %+v, want %+v", test.status, why, want)
		}
	}
}

// TestSilentTrunkIsUnreachable asks for an end although nobody replies.
func TestSilentTrunkIsUnreachable(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "carrier", nil)
	phone.Vanish()
	r := newRig(t, impatient, via)
	if why := expect[call.Ended](t, r.dial(t, "+15557770000")).Reason; why.Kind != call.Unreachable || why.SIP.Code != 0 {
		t.Errorf("reason is %+v", why)
	}
}

// TestClosedPortIsUnreachable asks the same of a TCP trunk that refuses.
func TestClosedPortIsUnreachable(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, trunk.Trunk{Name: "closed", Host: "127.0.0.1", Port: 1, Transport: trunk.TCP})
	if why := expect[call.Ended](t, r.dial(t, "+15557770000")).Reason; why.Kind != call.Unreachable {
		t.Errorf("reason is %+v", why)
	}
}

// TestNumberWithoutRouteIsNotFound asks for an error at once.
func TestNumberWithoutRouteIsNotFound(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	if err := r.table.Set([]trunk.Trunk{{Name: "a", Host: "127.0.0.1"}}, []trunk.Route{{Name: "fr", Pattern: `^\+33`, Trunks: []string{"a"}}}); err != nil {
		t.Fatal(err)
	}
	to, _ := identifier.Phone("+15557770000")
	if _, err := r.Dial(t.Context(), call.Invitation{To: to}, func(call.Report) { t.Error("reported") }); !fault.Is(err, fault.KindNotFound) {
		t.Errorf("got %v", err)
	}
}

// TestLostACKIsSentAgain asks that a repeated 200 gets another ACK.
func TestLostACKIsSentAgain(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "carrier", nil)
	lost := 0
	phone.Lose(func(e siptest.Entry) bool {
		if isRequest("ACK", false)(e) && lost < 2 {
			lost++
			return true
		}
		return false
	})
	r := newRig(t, nil, via)
	made := r.dial(t, "+15557770000")
	taken := next(t, phone)
	taken.Answer()
	expect[call.Answered](t, made)
	if err := taken.WaitAnswered(within(t)); err != nil {
		t.Fatal(err)
	}
}

// TestSecondBranchOfAForkIsHungUp asks that two phones cannot both be answered.
func TestSecondBranchOfAForkIsHungUp(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "carrier", nil)
	r := newRig(t, nil, via)
	made := r.dial(t, "+15557770000")
	taken := next(t, phone)
	taken.Answer()
	expect[call.Answered](t, made)
	if err := taken.AnswerAsAnother("otherbranch"); err != nil {
		t.Fatal(err)
	}
	toOther := func(method string) func(siptest.Entry) bool {
		return func(e siptest.Entry) bool { return isRequest(method, false)(e) && e.Message.Tag("To") == "otherbranch" }
	}
	eventually(t, func() bool { return distinct(phone, toOther("ACK")) == 1 && phone.Count(toOther("BYE")) > 0 })
	if len(made.news) != 0 || r.Legs() != 1 {
		t.Errorf("the call itself was disturbed: %+v", <-made.news)
	}
}

// TestSecondBranchOfAForkIsShownCredentials asks that the ACK to a branch that nobody
// wants has the INVITE's credentials (RFC 3261 §22.1), and that the challenge to its BYE
// is answered; repetitions of its 2xx get an ACK each, and no second BYE. The branch
// answers beside the call's own, or when the call is over.
func TestSecondBranchOfAForkIsShownCredentials(t *testing.T) {
	t.Parallel()
	for _, over := range []bool{false, true} {
		phone, peer, via := guarded(t, realmsOnTheWay(2, "SHA-256", "auth", !over))
		r := newRig(t, nil, via)
		made := r.dial(t, "+15557770000")
		taken := next(t, phone)
		taken.Answer()
		expect[call.Answered](t, made)
		byes := 0
		if over {
			made.End(call.Reason{})
			if err := taken.WaitEnded(within(t)); err != nil {
				t.Fatal(err)
			}
			eventually(t, func() bool { return r.Legs() == 0 })
			byes = 1
		}
		toOther := func(method string) func(siptest.Entry) bool {
			return func(e siptest.Entry) bool { return isRequest(method, false)(e) && e.Message.Tag("To") == "otherbranch" }
		}
		for n := 1; n <= 2; n++ {
			if err := taken.AnswerAsAnother("otherbranch"); err != nil {
				t.Fatal(err)
			}
			eventually(t, func() bool { return phone.Count(toOther("ACK")) >= n })
		}
		accepts(t, peer, "BYE", byes+1)
		if n := len(peer.got("BYE")); n != byes+1 {
			t.Errorf("call over %t: %d BYEs were accepted", over, n)
		}
		invite, ack := peer.got("INVITE")[0], once(phone, toOther("ACK"))[0]
		for _, name := range []string{"Authorization", "Proxy-Authorization"} {
			if !slices.Equal(ack.All(name), invite.All(name)) || len(ack.All(name)) == 0 {
				t.Errorf("call over %t: %s of the ACK is %q, of the INVITE %q", over, name, ack.All(name), invite.All(name))
			}
		}
		if wrong := peer.wrongs(); len(wrong) > 0 {
			t.Errorf("call over %t: %q", over, wrong)
		}
	}
}

// TestHashOfANumberIsEscaped asks for a service code as a SIP URI has it (RFC 3261 §25.1).
func TestHashOfANumberIsEscaped(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "carrier", nil)
	r := newRig(t, nil, via)
	made := newTestLeg(call.Invitation{From: mustPhone(t, "+1555#1"), To: mustPhone(t, "#31#5550100")})
	if _, err := r.Dial(t.Context(), made.invitation, made.report); err != nil {
		t.Fatal(err)
	}
	invite := next(t, phone).Invite
	if !strings.HasPrefix(invite.Start, "INVITE sip:%2331%235550100@") || !strings.HasPrefix(invite.Get("To"), "<sip:%2331%235550100@") ||
		!strings.HasPrefix(invite.Get("From"), "<sip:+1555%231@") || !strings.Contains(invite.Get("P-Asserted-Identity"), "sip:+1555%231@") {
		t.Errorf("got %s with %v", invite.Start, invite.Fields)
	}
}

// TestCallOfAWithheldNumberIsAnonymous asks for RFC 3323's From.
func TestCallOfAWithheldNumberIsAnonymous(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "carrier", nil)
	r := newRig(t, nil, via)
	to, _ := identifier.Phone("+15557770000")
	made := newTestLeg(call.Invitation{From: header.Anonymous, To: to, SIPHeaders: map[string]string{
		"X-MS-Custom-Order": "42", "X-Line": "7", "User-To-User": "ok", "X-MS-Custom-Evil": "a\r\nVia: b", "Contact": "<sip:evil>",
	}})
	if _, err := r.Dial(t.Context(), made.invitation, made.report); err != nil {
		t.Fatal(err)
	}
	invite := next(t, phone).Invite
	if !strings.HasPrefix(invite.Get("From"), `"Anonymous" <sip:anonymous@`) || invite.Get("Privacy") != "id" || invite.Get("P-Asserted-Identity") != "" {
		t.Errorf("fields are %v", invite.Fields)
	}
	if invite.Get("X-MS-Custom-Order") != "42" || invite.Get("User-To-User") != "ok" || invite.Get("X-Line") != "7" || invite.Get("X-MS-Custom-Evil") != "" || len(invite.All("Contact")) != 1 {
		t.Errorf("fields are %v", invite.Fields)
	}
}

// TestServerOnAllAddressesNamesTheOneThatReachesIt asks for a usable Contact.
func TestServerOnAllAddressesNamesTheOneThatReachesIt(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "carrier", nil)
	r := newRig(t, func(c *Config) { c.Listen = "0.0.0.0:0" }, via)
	made := r.dial(t, "+15557770000")
	taken := next(t, phone)
	if contact := taken.Invite.Get("Contact"); !strings.Contains(contact, "@127.0.0.1:") {
		t.Errorf("Contact is %q", contact)
	}
	taken.Answer()
	expect[call.Answered](t, made)
	if err := taken.Hangup(within(t)); err != nil {
		t.Fatal(err)
	}
	expect[call.Ended](t, made)
}

// TestEndOfABranchIsNoRinging: a proxy tells that a branch of its fork is over (RFC 6228).
func TestEndOfABranchIsNoRinging(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "carrier", nil)
	made := newRig(t, nil, via).dial(t, "+15557770000")
	rung := next(t, phone)
	rung.Provisional(199, "Early Dialog Terminated")
	rung.Busy()
	if why := expect[call.Ended](t, made).Reason; why.Kind != call.Busy {
		t.Errorf("ended by %+v", why)
	}
}
