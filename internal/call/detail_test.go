package call_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
)

// clerk files the records of calls that are over.
type clerk struct {
	mu    sync.Mutex
	filed []call.Detail
}

func (c *clerk) CallOver(d call.Detail) {
	c.mu.Lock()
	c.filed = append(c.filed, d)
	c.mu.Unlock()
}

// only returns the record of the only call there was.
func (c *clerk) only(t *testing.T) call.Detail {
	t.Helper()
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.filed) != 1 {
		t.Fatalf("%d records were filed: %+v", len(c.filed), c.filed)
	}
	return c.filed[0]
}

func TestCallLeavesARecord(t *testing.T) {
	run(t, func(w *world) {
		leg, _, id := w.answered()
		time.Sleep(time.Minute)
		leg.HangUp()
		d := w.details.only(t)
		if d.From != phone(aPhone) || d.To != phone(ourPhone) || d.Why.Kind != call.EndedByPeer || d.Ended.Sub(d.Began) < time.Minute {
			t.Errorf("the record is %+v", d)
		}
		if len(d.Legs) != 1 || !d.Legs[0].Inbound || d.Legs[0].Answered.IsZero() || d.Legs[0].Why.Kind != call.EndedByPeer || d.Legs[0].Who != d.From {
			t.Errorf("its legs are %+v", d.Legs)
		}
		if len(d.Connections) != 1 || d.Connections[0].ID != id || d.Connections[0].Origin != call.AnswerOperation {
			t.Errorf("its connections are %+v", d.Connections)
		}
	})
}

func TestCallThatWasDeclinedLeavesARecord(t *testing.T) {
	run(t, func(w *world) {
		_, err := w.Create(bg, call.Create{Targets: []identifier.ID{phone(aPhone)}, CallerID: phone(ourPhone), Control: control})
		w.must(err)
		leg := <-w.dialer.Dialled
		leg.Refuse(call.Busy, 486, "Busy Here")
		d := w.details.only(t)
		if len(d.Legs) != 1 || d.Legs[0].Inbound || !d.Legs[0].Answered.IsZero() || d.Legs[0].Why.Kind != call.Busy || d.Legs[0].Why.SIP.Code != 486 {
			t.Errorf("the legs are %+v", d.Legs)
		}
	})
}

func TestEveryReasonHasAName(t *testing.T) {
	seen := map[string]bool{}
	for kind := call.Normal; kind <= call.Failed; kind++ {
		if name := kind.String(); name == "" || seen[name] {
			t.Errorf("reason %d is called %q", kind, name)
		}
		seen[kind.String()] = true
	}
}

func TestCallThatNobodyTakesLeavesARecord(t *testing.T) {
	run(t, func(w *world) {
		w.announcer.Listeners = 0
		if _, err := w.Incoming(call.Invitation{From: phone(aPhone), To: phone(ourPhone)}, nil); err == nil {
			t.Fatal("the call was taken")
		}
		if d := w.details.only(t); d.Why.Kind != call.NoListener || len(d.Legs) != 0 {
			t.Errorf("the record is %+v", d)
		}
	})
}
