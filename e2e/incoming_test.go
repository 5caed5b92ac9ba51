package e2e

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// caller and callee are the raw ids of a phone that calls our number.
const (
	caller = "4:" + phoneNumber
	callee = "4:" + ourNumber
)

// stage is a product with an application that hears of incoming calls, and a phone.
func stage(t *testing.T) (*agent, *siptest.Phone) {
	t.Helper()
	p := start(t, setup{})
	a := startAgent(p, application{})
	p.subscribe("incoming", a.url+"/events")
	return a, newPhone(p)
}

// TestPhoneCallsTheApplication is the first story: from the ring to the end, with
// everything that the phone hears and presses.
func TestPhoneCallsTheApplication(t *testing.T) {
	t.Parallel()
	a, phone := stage(t)
	prompt := a.saveTone("prompt.wav", promptLength)

	call := dial(t, phone)
	incoming := a.incomingCall(caller)
	must(t, call.WaitRinging(within(t, 5*time.Second)))
	if incoming.Subject != "/caller/"+caller+"/recipient/"+callee || incoming.Data.To.RawID != callee || incoming.DataVersion != "1.0" {
		t.Errorf("IncomingCall is %+v", incoming)
	}

	var got connected
	a.do("answer", values{"context": incoming.Data.IncomingCallContext, "callback": a.url + "/callbacks", "operationContext": "greeting"}, &got)
	c := a.connection(got.CallConnectionID)
	must(t, call.WaitAnswered(within(t, 5*time.Second)))
	if up := c.got("CallConnected"); up.OperationContext != "greeting" || up.CorrelationID != incoming.Data.CorrelationID || up.ServerCallID != incoming.Data.ServerCallID {
		t.Errorf("CallConnected is %+v, after %+v", up, incoming.Data)
	}
	c.checkRoster(caller)

	c.do("playToAll", values{"urls": []string{prompt}, "operationContext": "prompt"}, nil)
	c.gotFor("prompt", "PlayStarted")
	hears(t, call, promptPitch, promptLength-200*time.Millisecond)
	if played := c.gotFor("prompt", "PlayCompleted").ResultInformation; played.Code != 200 {
		t.Errorf("PlayCompleted says %v", played)
	}

	c.do("recognizeDtmf", values{"target": caller, "maxTones": 10, "stopTones": []string{"pound"}, "operationContext": "pin"}, nil)
	must(t, call.SendTones(within(t, 10*time.Second), "123#"))
	keys := c.gotFor("pin", "RecognizeCompleted")
	if !slices.Equal(keys.DtmfResult.Tones, []string{"one", "two", "three"}) && !slices.Equal(keys.DtmfResult.Tones, []string{"one", "two", "three", "pound"}) ||
		keys.RecognitionType != "dtmf" || keys.ResultInformation.SubCode != 8514 {
		t.Errorf("RecognizeCompleted is %+v, %v", keys, keys.ResultInformation)
	}

	c.do("sendDtmf", values{"target": caller, "tones": []string{"four", "pound"}, "operationContext": "keys"}, nil)
	c.gotFor("keys", "SendDtmfTonesCompleted")
	eventually(t, patience, "the phone hears the keys", func() bool { return call.HeardTones() == "4#" })

	c.do("hangUp", values{"forEveryone": true}, nil)
	must(t, call.WaitEnded(within(t, 5*time.Second)))
	if end := call.Last(); end == nil || end.Method() != "BYE" {
		t.Errorf("the phone's call ended with %v", end)
	}
	if why := c.ended(); why.Code != 200 || why.SubCode != 7000 {
		t.Errorf("CallDisconnected says %v", why)
	}
	c.gone()
}

// checkRoster asks that the phone and the application are in the call, by event
// and by request.
func (c connection) checkRoster(phone string) {
	c.t.Helper()
	roster := c.got("ParticipantsUpdated")
	var ids []string
	for _, p := range roster.Participants {
		ids = append(ids, p.Identifier.RawID)
	}
	if len(ids) != 2 || !slices.Contains(ids, phone) || roster.SequenceNumber == nil {
		c.t.Errorf("ParticipantsUpdated names %v, sequence %v", ids, roster.SequenceNumber)
	}
	var listed []any
	c.do("listParticipants", nil, &listed)
	if len(listed) != 2 {
		c.t.Errorf("listParticipants gives %v", listed)
	}
	var one struct{ Identifier struct{ PhoneNumber string } }
	c.do("getParticipant", values{"participant": phone}, &one)
	if "4:"+one.Identifier.PhoneNumber != phone {
		c.t.Errorf("getParticipant gives %+v", one)
	}
	var properties connected
	c.do("getCallProperties", nil, &properties)
	if properties.CallConnectionState != "connected" || properties.ServerCallID != roster.ServerCallID {
		c.t.Errorf("getCall gives %+v", properties)
	}
}

// TestPhoneHangsUpAtAnyMoment: the application learns the end, and of each
// operation that was going on.
func TestPhoneHangsUpAtAnyMoment(t *testing.T) {
	t.Parallel()
	a, phone := stage(t)
	long := a.saveTone("long.wav", 30*time.Second)
	hangUp := func(t *testing.T, call *siptest.Call) {
		must(t, call.Hangup(within(t, 5*time.Second)))
	}
	end := func(t *testing.T, c connection) {
		if why := c.ended(); why == nil || why.Code != 200 {
			t.Errorf("CallDisconnected says %v", why)
		}
		c.gone()
	}

	t.Run("while it rings", func(t *testing.T) {
		a := a.with(t)
		call, incoming := a.nextCall(phone)
		must(t, call.WaitRinging(within(t, 5*time.Second)))
		must(t, call.Cancel(within(t, 5*time.Second)))
		call.WaitEnded(within(t, 5*time.Second))
		if last := call.Last(); last == nil || last.Status() != 487 {
			t.Errorf("the cancelled INVITE got %v", last)
		}
		err := a.try("answer", values{"context": incoming.Data.IncomingCallContext, "callback": a.url + "/callbacks"}, nil)
		if err == nil {
			t.Error("a call that was given up can be answered")
		}
	})
	t.Run("right after the answer", func(t *testing.T) {
		c, call := a.with(t).answered(phone)
		hangUp(t, call)
		end(t, c)
	})
	t.Run("during play", func(t *testing.T) {
		c, call := a.with(t).answered(phone)
		c.do("playToAll", values{"urls": []string{long}, "operationContext": "long"}, nil)
		c.gotFor("long", "PlayStarted")
		hears(t, call, promptPitch, 300*time.Millisecond)
		hangUp(t, call)
		c.checkCut("long", "PlayCanceled", "PlayFailed")
		end(t, c)
	})
	t.Run("during recognize", func(t *testing.T) {
		c, call := a.with(t).answered(phone)
		c.do("recognizeDtmf", values{"target": caller, "maxTones": 4, "initialSilence": 60, "interTone": 60, "operationContext": "pin"}, nil)
		must(t, call.SendTones(within(t, 5*time.Second), "12"))
		hangUp(t, call)
		c.checkCut("pin", "RecognizeCanceled", "RecognizeFailed")
		end(t, c)
	})
	t.Run("during sendDtmf", func(t *testing.T) {
		c, call := a.with(t).answered(phone)
		tones := strings.Fields(strings.Repeat("one ", 18))
		c.do("sendDtmf", values{"target": caller, "tones": tones, "operationContext": "keys"}, nil)
		eventually(t, 5*time.Second, "the phone hears a key", func() bool { return call.HeardTones() != "" })
		hangUp(t, call)
		c.checkCut("keys", "SendDtmfTonesFailed")
		end(t, c)
	})
	t.Run("and is found again", func(t *testing.T) {
		c, call := a.with(t).answered(phone)
		c.do("playToAll", values{"urls": []string{a.saveTone("short.wav", promptLength)}}, nil)
		hears(t, call, promptPitch, time.Second)
		hangUp(t, call)
		end(t, c)
	})
}

// answered has the phone call and the application answer.
func (a *agent) answered(phone *siptest.Phone) (connection, *siptest.Call) {
	a.t.Helper()
	call, incoming := a.nextCall(phone)
	c := a.answer(incoming)
	must(a.t, call.WaitAnswered(within(a.t, 10*time.Second)))
	c.got("CallConnected")
	return c, call
}

// nextCall has the phone call, and returns what the application heard of it.
func (a *agent) nextCall(phone *siptest.Phone) (*siptest.Call, envelope) {
	a.t.Helper()
	before := len(a.all(isIncoming))
	call := dial(a.t, phone)
	// On a busy machine the first delivery may fail: Event Grid's first retry comes after 10 s.
	eventually(a.t, 30*time.Second, "IncomingCall", func() bool { return len(a.all(isIncoming)) > before })
	return call, a.all(isIncoming)[before].Raw[0]
}

func isIncoming(e event) bool { return e.kind() == "IncomingCall" }

// checkCut asks that an operation ended with exactly one event, of a kind that
// says that it was cut off.
func (c connection) checkCut(context string, allowed ...string) {
	c.t.Helper()
	c.ended()
	var ends []string
	for _, e := range c.all(c.own) {
		if e.data().OperationContext == context && !strings.HasSuffix(e.kind(), "Started") {
			ends = append(ends, e.kind())
		}
	}
	if len(ends) != 1 || !slices.Contains(allowed, ends[0]) {
		c.t.Errorf("the operation %s ended with %v, want one of %v", context, ends, allowed)
	}
}

// TestApplicationRejectsAPhone: the phone hears why.
func TestApplicationRejectsAPhone(t *testing.T) {
	t.Parallel()
	a, phone := stage(t)
	for _, test := range []struct {
		reason string
		status int
	}{{"none", 603}, {"busy", 486}, {"forbidden", 403}} {
		t.Run(test.reason, func(t *testing.T) {
			a := a.with(t)
			call, incoming := a.nextCall(phone)
			var answer struct{ Chain string }
			a.do("reject", values{"context": incoming.Data.IncomingCallContext, "reason": test.reason}, &answer)
			if answer.Chain == "" || answer.Chain != incoming.Data.CorrelationID {
				t.Errorf("the answer's chain id is %q, the call's correlation id %q", answer.Chain, incoming.Data.CorrelationID)
			}
			call.WaitEnded(within(t, 5*time.Second))
			if last := call.Last(); last == nil || last.Status() != test.status {
				t.Errorf("the phone got %v, want %d", last, test.status)
			}
		})
	}
	if events := a.all(func(e event) bool { return e.Event == "callback" }); len(events) != 0 {
		t.Errorf("rejecting published %d callbacks", len(events))
	}
}

// TestLoopedPromptEndsWhenCancelled: what cancelAll stops falls silent and says so.
func TestLoopedPromptEndsWhenCancelled(t *testing.T) {
	t.Parallel()
	a, phone := stage(t)
	c, call := a.answered(phone)
	c.do("play", values{"urls": []string{a.saveTone("loop.wav", 500*time.Millisecond)}, "targets": []string{caller}, "loop": true, "operationContext": "loop"}, nil)
	hears(t, call, promptPitch, 2*time.Second) // longer than the file
	c.do("cancelAll", nil, nil)
	if why := c.gotFor("loop", "PlayCanceled").ResultInformation; why.SubCode != 8508 {
		t.Errorf("PlayCanceled says %v", why)
	}
	heard := len(call.Heard())
	eventually(t, 5*time.Second, "silence after the cancel", func() bool {
		now := call.Heard()
		return len(now) > heard+phoneRate && audiotest.Level(now[len(now)-phoneRate/2:]) < -50
	})
	must(t, call.Hangup(within(t, 5*time.Second)))
	c.ended()
}
