package sip

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// infos collects what a phone is sent in INFO, and answers each with a status.
type infos struct {
	mu     sync.Mutex
	status int
	bodies []string
	at     []time.Time
}

func (i *infos) answer(m *siptest.Message) int {
	if m.Method() != "INFO" {
		return 0
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.bodies = append(i.bodies, m.Get("Content-Type")+" "+string(m.Body))
	i.at = append(i.at, time.Now())
	return i.status
}

func (i *infos) taken() ([]string, []time.Time) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.bodies, i.at
}

// withINFO connects a phone of a trunk that wants keys in INFO.
func withINFO(t *testing.T, status int) (*siptest.Call, *testLeg, *infos) {
	t.Helper()
	r := newRig(t, nil, trunk.Trunk{Name: "local", Host: "127.0.0.1", Sources: loopback, Keys: trunk.KeysInINFO})
	phone := r.phone(t, nil)
	got := &infos{status: status}
	phone.Answering(got.answer)
	made, taken := r.connect(t, phone)
	return made, taken, got
}

// TestKeysAreSentInINFO to a trunk that wants them so, and by no other way: in order,
// and not faster than they can be pressed.
func TestKeysAreSentInINFO(t *testing.T) {
	t.Parallel()
	made, taken, got := withINFO(t, 0)
	if err := taken.SendTones(within(t), []call.Tone("1#D")); err != nil {
		t.Fatal(err)
	}
	bodies, at := got.taken()
	const want = "application/dtmf-relay Signal=1\r\nDuration=100\r\n|application/dtmf-relay Signal=#\r\nDuration=100\r\n|application/dtmf-relay Signal=D\r\nDuration=100\r\n"
	if strings.Join(bodies, "|") != want {
		t.Fatalf("%q", bodies)
	}
	if apart := at[2].Sub(at[0]); apart < infoKeyEvery*3/2 {
		t.Errorf("three keys in %v", apart)
	}
	if heard := made.HeardTones(); heard != "" {
		t.Errorf("%q was heard in the sound too", heard)
	}
}

// TestKeysToAPhoneThatHoldsAreGivenUp asks that they are not waited for without end, and are
// pressed where the phone comes back in time.
func TestKeysToAPhoneThatHoldsAreGivenUp(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.holdPatience = 2 * time.Second })
	made, taken := r.connect(t, r.phone(t, nil))
	if err := made.Hold(within(t)); err != nil {
		t.Fatal(err)
	}
	expect[call.HoldChanged](t, taken)
	if err := taken.SendTones(within(t), []call.Tone{'5'}); !errors.Is(err, errHeld) {
		t.Errorf("keys to a phone that holds: %v", err)
	}
	if err := made.Unhold(within(t)); err != nil {
		t.Fatal(err)
	}
	if err := taken.SendTones(within(t), []call.Tone{'7'}); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return made.HeardTones() == "7" })
}

// TestKeysInINFOThatAreRefusedFail: the rest is not sent.
func TestKeysInINFOThatAreRefusedFail(t *testing.T) {
	t.Parallel()
	_, taken, got := withINFO(t, 415)
	if err := taken.SendTones(within(t), []call.Tone("12")); err == nil || !strings.Contains(err.Error(), "415") {
		t.Errorf("%v", err)
	}
	if bodies, _ := got.taken(); len(bodies) != 1 {
		t.Errorf("%q", bodies)
	}
}

// TestKeysInINFOEndWithTheirContextAndTheirCall: both leave nothing waiting.
func TestKeysInINFOEndWithTheirContextAndTheirCall(t *testing.T) {
	t.Parallel()
	made, taken, _ := withINFO(t, -1)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := taken.SendTones(ctx, []call.Tone("12")); err == nil {
		t.Error("nothing was answered, and all is well")
	}
	ended := make(chan error, 1)
	go func() { ended <- taken.SendTones(within(t), []call.Tone("12")) }()
	if err := made.Hangup(within(t)); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil {
		t.Error("the call has ended, and all is well")
	}
}
