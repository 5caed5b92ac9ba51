package insight

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
)

// legGone tells that a leg has left the call.
func legGone(h *Hub, leg call.Leg) {
	h.Leg(call.LegNews{CorrelationID: aCall, ServerCallID: aServerCall, What: call.LegGone, Who: callee, Leg: leg})
}

// TestLegsThatHaveGoneAreNotKept by the record of their call: a room may live for a day, and
// thousands come and go.
func TestLegsThatHaveGoneAreNotKept(t *testing.T) {
	h := newHub(t, Config{})
	defer h.Close()
	stays := &wireLeg{}
	legCame(h, stays)
	for range 100 {
		leg := &wireLeg{}
		legCame(h, leg)
		legGone(h, leg)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if r := h.byID[aCall]; len(r.legs) != 1 || r.legs[0] != measured(stays) || len(h.legs) != 1 {
		t.Errorf("%d legs of the record, %d in all", len(r.legs), len(h.legs))
	}
}

// TestCaptureHasThoseWhoAreInTheCall: of a leg that has moved to another call nothing is
// heard, and those that have gone leave their places to others.
func TestCaptureHasThoseWhoAreInTheCall(t *testing.T) {
	h := newHub(t, Config{})
	defer h.Close()
	var moved *soundLeg
	for range maxTapped {
		moved = &soundLeg{}
		legCame(h, moved)
		legGone(h, moved)
	}
	h.Leg(call.LegNews{CorrelationID: "other", ServerCallID: "other", From: caller, To: callee, What: call.LegCame, Who: callee, Leg: moved})
	stays := &soundLeg{}
	legCame(h, stays)
	begun, err := h.Capture(aCall, time.Minute)
	if err != nil || begun.Legs != 1 {
		t.Fatalf("%+v, %v", begun, err)
	}
	moved.say("in another call")
	stays.say("here")
	if _, packets := h.captured(aCall); len(packets) != 1 || string(packets[0].payload) != "here" {
		t.Errorf("captured %+v", packets)
	}
}

// TestCaptureThatIsRefusedForgetsNone that is over: its packets may be all there is to see
// of a fault.
func TestCaptureThatIsRefusedForgetsNone(t *testing.T) {
	h := newHub(t, Config{})
	defer h.Close()
	leg := &soundLeg{}
	legCame(h, leg)
	if _, err := h.Capture(aCall, 0); err != nil { // over at once
		t.Fatal(err)
	}
	for i := range maxCaptures - 1 {
		id := strings.Repeat(string(rune('a'+i)), 8)
		h.Leg(call.LegNews{CorrelationID: id, ServerCallID: "s" + id, From: caller, To: callee, What: call.LegCame, Who: caller, Leg: &soundLeg{}})
		if _, err := h.Capture(id, time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	legGone(h, leg)
	legCame(h, &wireLeg{})
	h.Leg(call.LegNews{CorrelationID: "browsers", ServerCallID: "s", From: caller, To: callee, What: call.LegCame, Who: caller, Leg: &wireLeg{}})
	for _, id := range []string{aCall, "browsers"} {
		if _, err := h.Capture(id, time.Minute); err == nil {
			t.Errorf("a call without phones is captured: %s", id)
		}
		if h.capturing(aCall) == nil {
			t.Errorf("the capture that was refused for %s has taken another's place", id)
		}
	}
}

// TestDialogsOfLegsThatHaveGoneAreForgotten while their call goes on: a conference may have
// more of them than a record has names.
func TestDialogsOfLegsThatHaveGoneAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t, Config{})
		defer h.Close()
		legCame(h, &wireLeg{id: "stays"})
		for n := range 2 * maxNames {
			id := fmt.Sprint("leg-", n)
			h.SIP(time.Now(), false, "UDP", here, phone, invite(id))
			leg := &wireLeg{id: id}
			legCame(h, leg)
			legGone(h, leg)
		}
		moves := &wireLeg{id: "moves"}
		legCame(h, moves)
		legGone(h, moves)
		h.Leg(call.LegNews{CorrelationID: "other", ServerCallID: "other", From: caller, To: callee, What: call.LegCame, Who: callee, Leg: moves})
		time.Sleep(2 * settleTime)
		h.mu.Lock()
		known := slices.Sorted(maps.Keys(h.dialogs))
		h.mu.Unlock()
		if !slices.Equal(known, []string{"moves", "stays"}) || len(h.left) != 0 {
			t.Errorf("%d dialogs are known: %v", len(known), known)
		}
		if found, items, _ := h.Timeline("leg-0"); found.ID != aCall || len(items) < 2*maxNames {
			t.Errorf("by a Call-ID of a leg that has gone, %q is found with %d items", found.ID, len(items))
		}
	})
}
