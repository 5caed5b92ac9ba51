package e2e

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// TestEverySDKControlsCalls: an application in each language, and with old
// releases, answers, plays, recognizes, adds, calls and transfers. It reads every
// event with its SDK, and checks every callback's token with a library of its
// language.
func TestEverySDKControlsCalls(t *testing.T) {
	t.Parallel()
	for name, s := range sdks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s.installed(t)
			far, port := newFarPhone(t)
			p := start(t, setup{trunk: port})
			a := startAgent(p, application{sdk: s})
			p.subscribe("incoming", a.url+"/events")

			a.makesAUser()
			near := dial(t, newPhone(p))
			c := a.answer(a.readsIncomingCall())
			must(t, near.WaitAnswered(within(t, 5*time.Second)))
			c.got("CallConnected")
			c.checkRoster(caller)
			c.playsAndRecognizes(near)
			if s.holds {
				c.holds(near)
			}
			if s.keys {
				c.sendsAndHearsKeys(near)
			}
			distant := c.add(far)
			c.roster(3)
			c.do("hangUp", values{"forEveryone": true}, nil)
			c.ended()
			must(t, near.WaitEnded(within(t, 5*time.Second)))
			must(t, distant.WaitEnded(within(t, 5*time.Second)))

			a.callsAndTransfers(far)
			for _, e := range a.all(func(e event) bool { return e.Event == "error" }) {
				t.Errorf("the application could not read a post: %s", e.Message)
			}
		})
	}
}

// makesAUser has an identity made, with a token.
func (a *agent) makesAUser() {
	a.t.Helper()
	var made struct {
		User  struct{ CommunicationUserID string }
		Token string
	}
	a.do("createUserAndToken", values{"scopes": []string{"voip"}}, &made)
	if !strings.HasPrefix(made.User.CommunicationUserID, "8:acs:") || strings.Count(made.Token, ".") != 2 {
		a.t.Errorf("the user is %q, the token has %d bytes", made.User.CommunicationUserID, len(made.Token))
	}
}

// readsIncomingCall waits for the event, which the SDK's class has to know.
func (a *agent) readsIncomingCall() envelope {
	a.t.Helper()
	e := a.wait("IncomingCall", func(e event) bool { return e.kind() == "IncomingCall" })
	var read []struct{ Data data }
	if err := json.Unmarshal(e.Parsed, &read); err != nil || len(read) != 1 || !e.Known {
		a.t.Fatalf("the SDK reads %s as %s, known: %v", e.kind(), e.Parsed, e.Known)
	}
	if got, want := read[0].Data, e.data(); got.IncomingCallContext != want.IncomingCallContext || got.From.RawID != caller || got.ServerCallID != want.ServerCallID {
		a.t.Errorf("the SDK reads %s", e.Parsed)
	}
	return e.Raw[0]
}

// playsAndRecognizes plays a file and takes the keys that the phone presses.
func (c connection) playsAndRecognizes(phone *siptest.Call) {
	c.t.Helper()
	// Without a context: JavaScript's release 1.0 does not send that of a play; from 1.5 on it sends one of its own.
	c.do("playToAll", values{"urls": []string{c.saveTone("prompt.wav", time.Second)}}, nil)
	hears(c.t, phone, promptPitch, 800*time.Millisecond)
	c.readsResult("", "PlayCompleted", 0)

	// With a prompt: Python's release 1.0 fails without one.
	c.do("recognizeDtmf", values{"target": caller, "maxTones": 3, "stopTones": []string{"pound"}, "operationContext": "pin",
		"prompt": c.saveTone("pin.wav", 10*time.Second), "interruptPrompt": true}, nil)
	must(c.t, phone.SendTones(within(c.t, 10*time.Second), "123"))
	keys := c.gotFor("pin", "RecognizeCompleted")
	if !slices.Equal(keys.DtmfResult.Tones, []string{"one", "two", "three"}) {
		c.t.Errorf("RecognizeCompleted is %+v", keys)
	}
	c.readsResult("pin", "RecognizeCompleted", 8531)
}

// readsResult asks that the SDK's class of an event has its result. Of an operation without
// a context, "", the SDK may have sent one.
func (c connection) readsResult(context, kind string, subCode int) {
	c.t.Helper()
	e := c.wait(kind, func(e event) bool {
		return c.own(e) && e.kind() == kind && (context == "" || e.data().OperationContext == context)
	})
	var read struct {
		OperationContext  string
		ResultInformation *result
	}
	must(c.t, json.Unmarshal(e.Parsed, &read))
	if r := read.ResultInformation; read.OperationContext != e.data().OperationContext || r == nil || r.Code != 200 || r.SubCode != subCode {
		c.t.Errorf("the SDK reads %s as %s", kind, e.Parsed)
	}
}

// holds puts a phone on hold with music, and plays to it meanwhile. Versions differ in
// the events of that.
func (c connection) holds(phone *siptest.Call) {
	c.t.Helper()
	c.do("hold", values{"target": caller, "music": c.saveTone("music.wav", time.Second), "operationContext": "hold"}, nil)
	hears(c.t, phone, promptPitch, 800*time.Millisecond)
	c.do("playToAll", values{"urls": []string{c.saveTone("over.wav", time.Second)}, "operationContext": "over"}, nil)
	c.readsResult("over", "PlayCompleted", 0)
	c.do("unhold", values{"target": caller, "operationContext": "unhold"}, nil)
}

// sendsAndHearsKeys sends keys to a phone, is told each of its keys, and mutes it.
func (c connection) sendsAndHearsKeys(phone *siptest.Call) {
	c.t.Helper()
	c.do("sendDtmf", values{"target": caller, "tones": []string{"four", "pound"}, "operationContext": "keys"}, nil)
	c.gotFor("keys", "SendDtmfTonesCompleted")
	eventually(c.t, patience, "the phone hears the keys", func() bool { return phone.HeardTones() == "4#" })

	c.do("startTones", values{"target": caller, "operationContext": "each"}, nil)
	must(c.t, phone.SendTones(within(c.t, 10*time.Second), "5"))
	if key := c.got("ContinuousDtmfRecognitionToneReceived"); key.Tone != "five" {
		c.t.Errorf("the key is %q", key.Tone)
	}
	c.do("stopTones", values{"target": caller, "operationContext": "enough"}, nil)
	c.gotFor("enough", "ContinuousDtmfRecognitionStopped")

	c.do("mute", values{"target": caller}, nil)
	c.wait("a muted participant", func(e event) bool {
		return c.own(e) && e.kind() == "ParticipantsUpdated" && someMuted(e.data())
	})
}

// callsAndTransfers calls the far phone, and leaves it to a second call of it.
func (a *agent) callsAndTransfers(phone *siptest.Phone) {
	a.t.Helper()
	c := a.create(toFar("out"))
	first, err := phone.Next(within(a.t, 5*time.Second))
	must(a.t, err)
	must(a.t, first.Answer())
	if up := c.got("CallConnected"); up.OperationContext != "out" {
		a.t.Errorf("CallConnected is %+v", up)
	}
	c.do("transfer", values{"target": "4:+15550199778", "operationContext": "transfer"}, nil)
	second, err := phone.Next(within(a.t, 5*time.Second))
	must(a.t, err)
	must(a.t, second.Answer())
	c.readsResult("transfer", "CallTransferAccepted", 0)
	c.ended()
	c.gone()
	must(a.t, first.Hangup(within(a.t, 5*time.Second)))
	must(a.t, second.WaitEnded(within(a.t, 5*time.Second)))
}
