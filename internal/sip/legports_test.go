package sip

import (
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/rtp"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// TestRingingCallsHoldNoPorts is a caller who lets many calls ring and answers none: the
// ports are for those who are heard.
func TestRingingCallsHoldNoPorts(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	phone := r.phone(t, nil)
	var last *testLeg
	for range 12 {
		if _, err := phone.Call("+15551230001"); err != nil {
			t.Fatal(err)
		}
		last = r.next(t)
	}
	if n := r.ports.InUse(); n != 0 {
		t.Errorf("%d pairs of ports are open while 12 calls ring", n)
	}
	last.Answer()
	expect[call.Answered](t, last)
	if n := r.ports.InUse(); n != 1 {
		t.Errorf("%d pairs of ports are open for one answered call", n)
	}
}

// TestTrunkLeavesPortsToOthers asks that a call is refused whose trunk holds its share of
// the ports, when it comes or when it is answered, and that the others have theirs.
func TestTrunkLeavesPortsToOthers(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(cfg *Config) { cfg.TrunkPorts = 1 })
	phone := r.phone(t, nil)
	rings, err := phone.Call("+15551230001")
	if err != nil {
		t.Fatal(err)
	}
	rung := r.next(t)
	var held []*rtp.Session
	share := rtp.Holder{Name: "trunk local", Share: 1}
	for r.ports.Check(share) == nil {
		session, err := r.ports.Open(share)
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, session)
	}
	defer func() {
		for _, session := range held {
			_ = session.Close()
		}
	}()
	if len(held) < 10 || len(held) > 50 {
		t.Errorf("one percent of the range are %d pairs", len(held))
	}
	rung.Answer()
	if ended := expect[call.Ended](t, rung); ended.Reason.Kind != call.Overloaded || ended.Reason.SIP.Code != 503 {
		t.Errorf("answered without a port: %+v", ended.Reason)
	}
	if status := finalStatus(t, rings); status != 503 {
		t.Errorf("the caller got %d", status)
	}
	refused, err := phone.Call("+15551230001")
	if err != nil {
		t.Fatal(err)
	}
	if status := finalStatus(t, refused); status != 503 {
		t.Errorf("the next caller got %d", status)
	}
	if err := r.ports.Check(rtp.Holder{Name: "user anybody", Share: 50}); err != nil {
		t.Errorf("another holder: %v", err)
	}
	_ = held[0].Close()
	held = held[1:]
	r.connect(t, phone)
}

// finalStatus waits for the final response to a call.
func finalStatus(t *testing.T, c *siptest.Call) int {
	t.Helper()
	if err := c.WaitFinal(within(t)); err != nil {
		t.Fatal(err)
	}
	return c.Final().Status()
}
