package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// far is the raw id of a phone behind the trunk.
const far = "4:" + farNumber

// toFar is createCall's target.
func toFar(operationContext string) values {
	return values{"target": far, "callerNumber": ourNumber, "displayName": "Contoso", "operationContext": operationContext}
}

// TestApplicationCallsAPhone: whatever the phone does, the application learns it.
func TestApplicationCallsAPhone(t *testing.T) {
	t.Parallel()
	phone, port := newFarPhone(t)
	a := startAgent(start(t, setup{trunk: port}), application{})

	t.Run("answered", func(t *testing.T) {
		a := a.with(t)
		c := a.create(toFar("out"))
		call, err := phone.Next(within(t, 5*time.Second))
		must(t, err)
		must(t, call.Ring())
		must(t, call.Answer())
		if up := c.got("CallConnected"); up.OperationContext != "out" {
			t.Errorf("CallConnected is %+v", up)
		}
		c.checkRoster(far)
		c.do("playToAll", values{"urls": []string{a.saveTone("out.wav", promptLength)}}, nil)
		hears(t, call, promptPitch, time.Second)
		c.got("PlayCompleted")
		c.do("hangUp", values{"forEveryone": false}, nil) // of two, so the call ends
		must(t, call.WaitEnded(within(t, 5*time.Second)))
		if why := c.ended(); why.Code != 200 || why.SubCode != 7000 {
			t.Errorf("CallDisconnected says %v", why)
		}
		c.gone()
	})
	t.Run("answered, then hung up by the phone", func(t *testing.T) {
		a := a.with(t)
		c := a.create(toFar(""))
		call, err := phone.Next(within(t, 5*time.Second))
		must(t, err)
		must(t, call.Answer())
		c.got("CallConnected")
		must(t, call.Hangup(within(t, 5*time.Second)))
		if why := c.ended(); why.Code != 200 || why.SubCode != 560000 {
			t.Errorf("CallDisconnected says %v", why)
		}
	})
	for _, test := range []struct {
		name   string
		refuse func(*siptest.Call) error
		status int
		cause  int
	}{
		{"busy", func(c *siptest.Call) error { return c.Busy() }, 486, 0},
		{"declined", func(c *siptest.Call) error { return c.Reject(603, "Decline") }, 603, 0},
		{"not available", func(c *siptest.Call) error {
			return c.Reject(480, "Temporarily Unavailable", siptest.Field{Name: "Reason", Value: `Q.850;cause=19;text="No answer from user"`})
		}, 480, 19},
		{"no such number", func(c *siptest.Call) error { return c.Reject(404, "Not Found") }, 404, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := a.with(t).create(toFar(test.name))
			call, err := phone.Next(within(t, 5*time.Second))
			must(t, err)
			must(t, call.Ring())
			must(t, test.refuse(call))
			c.failed(test.name, func(r *result) bool {
				return r.Code == test.status && r.SubCode == 560000+test.status && r.SIPDetails != nil && r.SIPDetails.Code == test.status &&
					(test.cause == 0 || r.Q850Details != nil && r.Q850Details.Code == test.cause)
			})
		})
	}
}

// failed asks that a created call failed, as both of its events say.
func (c connection) failed(operationContext string, honest func(*result) bool) {
	c.t.Helper()
	failure := c.got("CreateCallFailed")
	if failure.OperationContext != operationContext || !honest(failure.ResultInformation) {
		c.t.Errorf("CreateCallFailed is %q %v", failure.OperationContext, failure.ResultInformation)
	}
	if why := c.ended(); !honest(why) {
		c.t.Errorf("CallDisconnected says %v", why)
	}
	if kinds := fmt.Sprint(c.kinds()); kinds != "[CreateCallFailed CallDisconnected]" {
		c.t.Errorf("the events are %s", kinds)
	}
	c.gone()
}

// TestApplicationCallsAPhoneThatIsNotThere: nobody listens behind the trunk, and
// nobody can be waited for.
func TestApplicationCallsAPhoneThatIsNotThere(t *testing.T) {
	t.Parallel() // over UDP only time tells that nobody is there: 32 s (RFC 3261 §17.1.1.2)
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			t.Parallel()
			phone, port := newFarPhone(t)
			phone.Close()
			a := startAgent(start(t, setup{trunk: port, transport: transport}), application{})
			c := a.create(toFar("nobody"))
			a.waitFor(45*time.Second, "the failure", func(e event) bool { return c.own(e) && e.kind() == "CallDisconnected" })
			c.failed("nobody", func(r *result) bool { return r.Code == 503 && r.SubCode == 8544 && r.SIPDetails == nil })
		})
	}
}

// TestApplicationGivesUpACallThatRings: hanging up before the answer cancels.
func TestApplicationGivesUpACallThatRings(t *testing.T) {
	t.Parallel()
	phone, port := newFarPhone(t)
	a := startAgent(start(t, setup{trunk: port}), application{})
	c := a.create(toFar("never mind"))
	call, err := phone.Next(within(t, 5*time.Second))
	must(t, err)
	must(t, call.Ring())
	c.do("hangUp", values{"forEveryone": true}, nil)
	call.WaitEnded(within(t, 5*time.Second))
	if last := call.Last(); last == nil || last.Method() != "CANCEL" {
		t.Errorf("the phone's call ended with %v, want CANCEL", last)
	}
	c.ended()
	c.gone()
}
