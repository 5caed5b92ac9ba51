package sip

import (
	"fmt"
	"io"
	"log/slog"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/call/calltest"
	"github.com/switchhook/switchhook/internal/mixer"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// exchangeOf is a rig with real calls: what an application redirects to a number
// outside goes on through the trunk of the callee.
func exchangeOf(t *testing.T, out trunk.Trunk) (*rig, *call.Registry, *calltest.Announcer) {
	t.Helper()
	return exchangeWith(t, nil, nil, out)
}

// exchangeWith is exchangeOf with a server of other settings, whose calls leave records.
func exchangeWith(t *testing.T, change func(*Config), details call.Details, out trunk.Trunk) (*rig, *call.Registry, *calltest.Announcer) {
	t.Helper()
	r := newRig(t, change, out)
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	engine := mixer.New(mixer.Config{}, log)
	t.Cleanup(engine.Close)
	announced := calltest.NewAnnouncer()
	calls := call.NewRegistry(call.Config{
		Resource: "11111111-2222-4333-8444-555555555555", Dialers: call.Dialers{Numbers: r.Numbers(), Phones: r.Phones()}, Numbers: calltest.Numbers{"+15551230001"},
		Announcer: announced, Publisher: &calltest.Publisher{}, Mixes: calltest.MixesOf(engine), Details: details,
	}, log)
	r.application.real.Store(calls)
	t.Cleanup(r.Close) // before the mixer
	return r, calls, announced
}

// sentOn lets a phone call us, and the application send it to another number.
func sentOn(t *testing.T, invite siptest.Invite) (from, to *siptest.Call) {
	t.Helper()
	far, out := callee(t, "out", nil)
	r, calls, announced := exchangeOf(t, out)
	phone := r.phone(t, nil)
	invite.To = "+15551230001"
	made, err := phone.Invite(invite)
	if err != nil {
		t.Fatal(err)
	}
	select {
	case in := <-announced.Calls:
		if err := calls.Redirect(t.Context(), in.Context, call.Redirect{Target: mustPhone(t, "+15557770000")}); err != nil {
			t.Fatal(err)
		}
	case <-within(t).Done():
		t.Fatal("no call was announced")
	}
	taken, err := far.Next(within(t))
	if err != nil {
		t.Fatal(err)
	}
	return made, taken
}

// TestFarEndIsHeardBeforeItAnswers sends a caller on to a phone that speaks before
// it answers, as networks do with their announcements: both hear each other and
// each other's keys, the caller is told so once, and the answer changes nothing.
func TestFarEndIsHeardBeforeItAnswers(t *testing.T) {
	t.Parallel()
	caller, callee := sentOn(t, siptest.Invite{})
	if err := callee.Progress(); err != nil {
		t.Fatal(err)
	}
	for range 30 { // until it is heard
		callee.Tone(700, 100)
		caller.Tone(440, 100)
	}
	eventually(t, func() bool { return siptest.Seconds(caller.Heard(), 700) > 0.2 })
	eventually(t, func() bool { return siptest.Seconds(callee.Heard(), 440) > 0.2 })
	if caller.Final() != nil {
		t.Fatal("the call was answered")
	}
	if err := caller.SendTones(within(t), "4#"); err != nil {
		t.Fatal(err)
	}
	if err := callee.SendTones(within(t), "1"); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return callee.HeardTones() == "4#" && caller.HeardTones() == "1" })
	progress := distinct(caller.Phone(), func(e siptest.Entry) bool {
		return isStatus("INVITE", 183, false)(e) && len(e.Message.Body) > 0
	})
	if err := callee.Ring(); err != nil { // too late to be told
		t.Fatal(err)
	}
	if err := callee.Answer(); err != nil {
		t.Fatal(err)
	}
	if err := caller.WaitAnswered(within(t)); err != nil {
		t.Fatal(err)
	}
	if rings := distinct(caller.Phone(), isStatus("INVITE", 180, false)); progress != 1 || rings != 1 {
		t.Errorf("the caller got %d 183s with sound and %d 180s", progress, rings)
	}
	before := siptest.Seconds(caller.Heard(), 700)
	for range 10 {
		callee.Tone(700, 100)
	}
	eventually(t, func() bool { return siptest.Seconds(caller.Heard(), 700) > before+0.3 })
	if err := caller.Hangup(within(t)); err != nil {
		t.Fatal(err)
	}
	if err := callee.WaitEnded(within(t)); err != nil {
		t.Fatal(err)
	}
}

func TestAnnouncementBeforeARefusal(t *testing.T) {
	t.Parallel()
	caller, callee := sentOn(t, siptest.Invite{})
	if err := callee.Progress(); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		callee.Tone(700, 100)
	}
	eventually(t, func() bool { return siptest.Seconds(caller.Heard(), 700) > 0.2 })
	if err := callee.Reject(404, "Not Found"); err != nil {
		t.Fatal(err)
	}
	if err := caller.WaitEnded(within(t)); err != nil || caller.Last().Status() != 404 {
		t.Errorf("the caller got %v %+v", err, caller.Last())
	}
}

func TestCallerGivesUpWhileItHears(t *testing.T) {
	t.Parallel()
	caller, callee := sentOn(t, siptest.Invite{})
	if err := callee.Progress(); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return caller.Phone().Count(isStatus("INVITE", 183, false)) > 0 })
	if err := caller.Cancel(within(t)); err != nil {
		t.Fatal(err)
	}
	if err := callee.WaitEnded(within(t)); err != nil || callee.Last().Method() != "CANCEL" {
		t.Errorf("the far end got %v %+v", err, callee.Last())
	}
}

// TestProgressIsReliableWhereTheCallerRequiresIt asks for a 183 that waits for the
// 180's PRACK, is repeated until its own, and lets the 200 go without a body.
func TestProgressIsReliableWhereTheCallerRequiresIt(t *testing.T) {
	t.Parallel()
	caller, callee := sentOn(t, siptest.Invite{Fields: []siptest.Field{{Name: "Require", Value: "100rel"}}})
	if err := callee.Progress(); err != nil {
		t.Fatal(err)
	}
	phone := caller.Phone()
	last := func(status int) *siptest.Message {
		var found *siptest.Message
		eventually(t, func() bool {
			for _, e := range phone.Log() {
				if isStatus("INVITE", status, false)(e) {
					found = e.Message
				}
			}
			return found != nil
		})
		return found
	}
	ringing := last(180)
	if phone.Count(isStatus("INVITE", 183, false)) > 0 {
		t.Error("the 183 did not wait for the 180's PRACK")
	}
	prack := func(m *siptest.Message) {
		t.Helper()
		if err := caller.WaitRinging(within(t)); err != nil { // the log is ahead of the call
			t.Fatal(err)
		}
		response, err := caller.Request(within(t), "PRACK", nil, siptest.Field{Name: "RAck", Value: m.Get("RSeq") + " 1 INVITE"})
		if err != nil || response.Status() != 200 {
			t.Fatalf("PRACK got %v %v", response, err)
		}
	}
	prack(ringing)
	progress := last(183)
	eventually(t, func() bool { return phone.Count(isStatus("INVITE", 183, false)) > 1 })
	var first, second int
	fmt.Sscan(ringing.Get("RSeq"), &first)
	fmt.Sscan(progress.Get("RSeq"), &second)
	if second != first+1 || len(progress.Body) == 0 || progress.Get("Require") != "100rel" {
		t.Errorf("RSeq %d after %d, Require %q, body %q", second, first, progress.Get("Require"), progress.Body)
	}
	if err := callee.Answer(); err != nil {
		t.Fatal(err)
	}
	prack(progress)
	if err := caller.WaitAnswered(within(t)); err != nil || len(caller.Final().Body) > 0 {
		t.Errorf("answered with %v\n%s", err, caller.Final().Body)
	}
	for range 10 {
		callee.Tone(700, 100)
	}
	eventually(t, func() bool { return siptest.Seconds(caller.Heard(), 700) > 0.2 })
}

func TestEarlyUPDATETakesEffect(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "carrier", nil)
	r := newRig(t, nil, via)
	made := r.dial(t, "+15557770000")
	taken, err := phone.Next(within(t))
	if err != nil {
		t.Fatal(err)
	}
	// RFC 3311 §5.2: our own offer, in the INVITE, waits for its answer.
	if response, err := taken.Request(within(t), "UPDATE", taken.Describe("sendrecv"), siptest.Field{Name: "Content-Type", Value: "application/sdp"}); err != nil || response.Status() != 491 {
		t.Errorf("before the first answer UPDATE got %v %v", response, err)
	}
	if err := taken.Progress(); err != nil {
		t.Fatal(err)
	}
	expect[call.Ringing](t, made)
	expect[call.EarlySound](t, made)
	response, err := taken.Request(within(t), "UPDATE", taken.Describe("sendonly"), siptest.Field{Name: "Content-Type", Value: "application/sdp"})
	if err != nil || response.Status() != 200 || len(response.Body) == 0 {
		t.Fatalf("early UPDATE got %v %v", response, err)
	}
	made.End(call.Reason{})
}
