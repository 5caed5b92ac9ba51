package insight

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/call"
)

// someCalls come and go, one after the other.
func someCalls(h *Hub, name string, n int) {
	for i := range n {
		id := fmt.Sprint(name, "-", i)
		h.CallOver(call.Detail{CorrelationID: id, ServerCallID: "s" + id, From: caller, To: callee, Began: time.Now(), Ended: time.Now()})
	}
}

// settled is when what ended is in the archive.
const settled = settleTime + 2*time.Second

// TestCallsAreArchivedHoweverManyCome: more than the limit within the time in which they are still added to.
func TestCallsAreArchivedHoweverManyCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		h := newHub(t, Config{Calls: 10, Dir: dir})
		for n := range 50 {
			overCall(h, fmt.Sprint("call-", n))
		}
		time.Sleep(settled)
		if n := len(h.Search(t.Context(), Query{Limit: 100}).Calls); n != 10 {
			t.Errorf("%d calls are known", n)
		}
		h.Close()
		h = newHub(t, Config{Dir: dir})
		defer h.Close()
		for n := range 50 {
			if _, items, known := h.Timeline(fmt.Sprint("call-", n)); !known || len(items) == 0 {
				t.Errorf("call %d is known: %t, with %d items", n, known, len(items))
			}
		}
	})
}

// TestCallsThatAreNotArchivedAreForgottenAtOnce when so many have begun since that they are listed no more: late
// news is not waited for. Otherwise a server that takes 2,000 calls a second would keep 70,000.
func TestCallsThatAreNotArchivedAreForgottenAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t, Config{Calls: 10, Dir: t.TempDir()})
		defer h.Close()
		const calls = 1000
		for n := range calls {
			id := fmt.Sprint("call-", n)
			overCall(h, id)
			h.Leg(call.LegNews{CorrelationID: id, What: call.LegGone, Who: caller, Leg: &wireLeg{id: "sip-" + id}})
		}
		time.Sleep(1500 * time.Millisecond)
		h.mu.Lock()
		most := goodRate.Burst + 10
		for what, n := range map[string]int{"records": len(h.byID), "names": len(h.byName) / 2, "dialogs": len(h.dialogs), "legs that left": len(h.left), "that wait": len(h.ended)} {
			if n == 0 || n > most {
				t.Errorf("%d %s are kept of %d calls, %d expected at most", n, what, calls, most)
			}
		}
		if h.packed != len(h.ended) {
			t.Errorf("%d of %d are taken for packed", h.packed, len(h.ended))
		}
		h.mu.Unlock()
		time.Sleep(settled)
		h.mu.Lock()
		defer h.mu.Unlock()
		if len(h.byID) != 10 || len(h.dialogs) != 0 || len(h.left) != 0 || len(h.ended) != 0 {
			t.Errorf("%d records, %d dialogs, %d that left and %d that wait are kept", len(h.byID), len(h.dialogs), len(h.left), len(h.ended))
		}
	})
}

// TestForgottenCallTakesNoRoom: messages still come of a call that had more SIP dialogs than its list has
// room for. What it would take would never be given back.
func TestForgottenCallTakesNoRoom(t *testing.T) {
	h := newHub(t, Config{Calls: 1})
	defer h.Close()
	for n := range maxNames + 2 {
		legCame(h, &wireLeg{id: fmt.Sprint("sip-", n)})
	}
	h.CallOver(call.Detail{CorrelationID: aCall, ServerCallID: aServerCall, From: caller, To: callee, Ended: time.Now()})
	overCall(h, "next")
	h.SIP(time.Now(), false, "UDP", here, phone, invite(fmt.Sprint("sip-", maxNames+1)))
	h.mu.Lock()
	defer h.mu.Unlock()
	if next := h.byID["next"]; len(h.byID) != 1 || h.taken != next.bytes {
		t.Errorf("%d calls are known, %d bytes are taken, of which the last call has %d", len(h.byID), h.taken, next.bytes)
	}
}

// TestCallThatGoesOnKeepsNoOthers known beyond the limit, and stays known itself: until as
// many have begun since its end.
func TestCallThatGoesOnKeepsNoOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t, Config{Calls: 10})
		defer h.Close()
		legCame(h, &wireLeg{})
		time.Sleep(time.Second)
		someCalls(h, "early", 100)
		page := h.Search(t.Context(), Query{Limit: 100})
		if n := len(page.Calls); n != 11 || page.Calls[0].ID != "early-99" || page.Calls[n-1].ID != aCall {
			t.Fatalf("%d calls are known: %+v", n, page.Calls)
		}
		time.Sleep(settled)
		h.mu.Lock()
		if len(h.byID) != 11 || len(h.byName) != 11 {
			t.Errorf("%d ids, %d names are kept", len(h.byID), len(h.byName))
		}
		h.mu.Unlock()
		if page := h.Search(t.Context(), Query{Limit: 100, Before: "early-90"}); len(page.Calls) != 1 || page.Calls[0].ID != aCall {
			t.Errorf("the last page has %+v", page.Calls)
		}

		h.CallOver(call.Detail{CorrelationID: aCall, ServerCallID: aServerCall, From: caller, To: callee, Ended: time.Now()})
		time.Sleep(10 * time.Second)
		someCalls(h, "late", 9)
		time.Sleep(10 * time.Second)
		if _, _, known := h.Timeline(aCall); !known {
			t.Error("a call that has just ended is forgotten, because it was long")
		}
		someCalls(h, "later", 1)
		time.Sleep(settled)
		if _, _, known := h.Timeline(aCall); known || len(h.order.aside) != 0 {
			t.Error("a call that is over is known though ten have begun since")
		}
	})
}

// TestOldCallIsForgottenBehindOneThatGoesOn: what is older than it may be is not kept for
// the call that came before it.
func TestOldCallIsForgottenBehindOneThatGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t, Config{Keep: 24 * time.Hour})
		defer h.Close()
		legCame(h, &wireLeg{})
		time.Sleep(time.Second)
		someCalls(h, "old", 3)
		time.Sleep(23 * time.Hour)
		someCalls(h, "new", 2)
		time.Sleep(2*time.Hour + time.Minute)
		var known []string
		for _, c := range h.Search(t.Context(), Query{Limit: 100}).Calls {
			known = append(known, c.ID)
		}
		if want := fmt.Sprint([]string{"new-1", "new-0", aCall}); fmt.Sprint(known) != want {
			t.Errorf("known are %v, want %s", known, want)
		}
	})
}

// TestCallThatEndedLatelyIsKnownHoweverLongAgoItBegan: a room may be open for longer than what
// is over is kept, and there is space for both.
func TestCallThatEndedLatelyIsKnownHoweverLongAgoItBegan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t, Config{Keep: 24 * time.Hour})
		defer h.Close()
		legCame(h, &wireLeg{})
		time.Sleep(30 * time.Hour)
		h.CallOver(call.Detail{CorrelationID: aCall, ServerCallID: aServerCall, From: caller, To: callee, Ended: time.Now()})
		time.Sleep(time.Minute)
		someCalls(h, "new", 1)
		time.Sleep(23 * time.Hour)
		if _, _, known := h.Timeline(aCall); !known {
			t.Error("the call is forgotten a day too early")
		}
		time.Sleep(2*time.Hour + time.Minute)
		if _, _, known := h.Timeline(aCall); known {
			t.Error("the call is known for longer than it may be")
		}
	})
}

// TestRefusalsDriveNoCallsOut: whoever is refused again and again.
func TestRefusalsDriveNoCallsOut(t *testing.T) {
	dir := t.TempDir()
	h := newHub(t, Config{Dir: dir, Calls: 50})
	for n := range 40 {
		overCall(h, fmt.Sprint("call-", n))
	}
	for n := range 150 {
		h.JoinRefused("room", fmt.Sprint(n), caller.Raw(), "there is no such room")
	}
	for _, when := range []string{"before", "after"} {
		calls, refused := 0, 0
		for _, found := range h.Search(t.Context(), Query{Limit: 1000}).Calls {
			if found.Subject == SubjectCall {
				calls++
			} else {
				refused++
			}
		}
		if calls != 40 || refused != 5 {
			t.Errorf("%s a restart, %d calls and %d refusals are known", when, calls, refused)
		}
		if h.Close(); when == "before" {
			h = newHub(t, Config{Dir: dir, Calls: 50})
		}
	}
}
