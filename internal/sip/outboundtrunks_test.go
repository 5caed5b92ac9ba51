package sip

import (
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// TestNextTrunkIsTriedOnlyWhereItMayHelp asks for failover on 408, 503, 504 and
// silence, and for none on anything else.
func TestNextTrunkIsTriedOnlyWhereItMayHelp(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		status int // 0 is silence
		next   bool
	}{{"408", 408, true}, {"503", 503, true}, {"504", 504, true}, {"silence", 0, true}, {"486", 486, false}, {"404", 404, false}, {"500", 500, false}, {"603", 603, false}} {
		t.Run(test.name, func(t *testing.T) {
			first, viaFirst := callee(t, "first", nil)
			second, viaSecond := callee(t, "second", nil)
			var change func(*Config)
			if test.status == 0 {
				first.Vanish()
				change = impatient
			}
			r := newRig(t, change, viaFirst, viaSecond)
			made := r.dial(t, "+15557770000")
			if test.status != 0 {
				next(t, first).Reject(test.status, "As It Is")
			}
			if !test.next {
				if why := expect[call.Ended](t, made).Reason; why.SIP.Code != test.status {
					t.Errorf("reason is %+v", why)
				}
				if second.Count(isRequest("INVITE", false)) != 0 {
					t.Error("the second trunk was called")
				}
				return
			}
			next(t, second).Answer()
			expect[call.Answered](t, made)
			made.End(call.Reason{})
			expect[call.Ended](t, made)
		})
	}
}

// TestCallThatRangIsNotRungElsewhere asks that a 408 after ringing is no answer.
func TestCallThatRangIsNotRungElsewhere(t *testing.T) {
	t.Parallel()
	first, viaFirst := callee(t, "first", nil)
	second, viaSecond := callee(t, "second", nil)
	r := newRig(t, nil, viaFirst, viaSecond)
	made := r.dial(t, "+15557770000")
	taken := next(t, first)
	taken.Ring()
	expect[call.Ringing](t, made)
	taken.Reject(408, "Request Timeout")
	if why := expect[call.Ended](t, made).Reason; why.Kind != call.NoAnswer || second.Count(isRequest("INVITE", false)) != 0 {
		t.Errorf("reason is %+v", why)
	}
}

// TestProgressWithoutSoundIsNoRinging asks that a trunk which says that it works on a call, and
// then cannot take it, leaves it to the next one: nobody was rung or heard.
func TestProgressWithoutSoundIsNoRinging(t *testing.T) {
	t.Parallel()
	for status, phrase := range map[int]string{181: "Call Is Being Forwarded", 182: "Queued", 183: "Session Progress"} {
		first, viaFirst := callee(t, "first", nil)
		second, viaSecond := callee(t, "second", nil)
		r := newRig(t, nil, viaFirst, viaSecond)
		made := r.dial(t, "+15557770000")
		taken := next(t, first)
		taken.Provisional(status, phrase)
		expect[call.Ringing](t, made)
		taken.Reject(503, "Service Unavailable")
		other := next(t, second)
		other.Ring()
		other.Answer()
		expect[call.Answered](t, made)
	}
}

// TestCallThatWasHeardIsNotRungElsewhere asks that a 503 after a trunk's sound is final.
func TestCallThatWasHeardIsNotRungElsewhere(t *testing.T) {
	t.Parallel()
	first, viaFirst := callee(t, "first", nil)
	second, viaSecond := callee(t, "second", nil)
	r := newRig(t, nil, viaFirst, viaSecond)
	made := r.dial(t, "+15557770000")
	taken := next(t, first)
	taken.Progress()
	expect[call.Ringing](t, made)
	expect[call.EarlySound](t, made)
	taken.Reject(503, "Service Unavailable")
	if why := expect[call.Ended](t, made).Reason; why.SIP.Code != 503 || second.Count(isRequest("INVITE", false)) != 0 {
		t.Errorf("reason is %+v", why)
	}
}

// TestLastTrunkDecides asks for the reason of the last one.
func TestLastTrunkDecides(t *testing.T) {
	t.Parallel()
	first, viaFirst := callee(t, "first", nil)
	second, viaSecond := callee(t, "second", nil)
	r := newRig(t, nil, viaFirst, viaSecond)
	made := r.dial(t, "+15557770000")
	next(t, first).Reject(503, "Service Unavailable")
	next(t, second).Busy()
	if why := expect[call.Ended](t, made).Reason; why.Kind != call.Busy {
		t.Errorf("reason is %+v", why)
	}
}

// TestTrunkThatAsksGetsCredentials asks for digest authentication of a call and
// of its BYE.
func TestTrunkThatAsksGetsCredentials(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "carrier", func(c *siptest.Config) { c.Username, c.Password = "us", "hunter2" })
	via.Username, via.Password = "us", "hunter2"
	r := newRig(t, nil, via)
	made := r.dial(t, "+15557770000")
	taken := next(t, phone)
	taken.Answer()
	expect[call.Answered](t, made)
	made.End(call.Reason{})
	if err := taken.WaitEnded(within(t)); err != nil {
		t.Fatal(err)
	}
	if got := taken.Last().Get("Proxy-Authorization"); !strings.Contains(got, "nc=00000002") {
		t.Errorf("BYE carries %q, want the nonce a second time", got)
	}
	expect[call.Ended](t, made)
}

// TestWrongPasswordIsTriedOnce asks that no loop of challenges begins.
func TestWrongPasswordIsTriedOnce(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "carrier", func(c *siptest.Config) { c.Username, c.Password = "us", "right" })
	via.Username, via.Password = "us", "wrong"
	r := newRig(t, nil, via)
	if why := expect[call.Ended](t, r.dial(t, "+15557770000")).Reason; why.Kind != call.Forbidden || why.SIP.Code != 407 {
		t.Errorf("reason is %+v", why)
	}
	if n := distinct(phone, isRequest("INVITE", false)); n != 2 {
		t.Errorf("%d INVITEs, want 2", n)
	}
}

// TestTrunkMayBeAName asks that host names are looked up.
func TestTrunkMayBeAName(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "carrier", nil)
	via.Host = "localhost"
	r := newRig(t, nil, via)
	made := r.dial(t, "+15557770000")
	next(t, phone).Answer()
	expect[call.Answered](t, made)
	made.End(call.Reason{})
	expect[call.Ended](t, made)
}

// TestNameThatDoesNotExistIsUnreachable asks for an end without a call.
func TestNameThatDoesNotExistIsUnreachable(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, trunk.Trunk{Name: "nowhere", Host: "nowhere.invalid"})
	if why := expect[call.Ended](t, r.dial(t, "+15557770000")).Reason; why.Kind != call.Unreachable || !strings.Contains(why.Text, "nowhere") {
		t.Errorf("reason is %+v", why)
	}
}
