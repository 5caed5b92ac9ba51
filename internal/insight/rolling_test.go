package insight

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"log/slog"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/rtp"
)

var rollsTen = Rolling{Length: 10 * time.Second, Bytes: 8 << 20}

// saidOf are the payloads that are kept of a call.
func saidOf(h *Hub, id string) (said []string) {
	_, packets := h.captured(id)
	for _, p := range packets {
		said = append(said, string(p.payload))
	}
	return said
}

// TestLastPacketsAreKeptWithoutBeingAskedFor of a leg that came before anybody knew, also
// after the call's end, once with those of a capture, and not for ever.
func TestLastPacketsAreKeptWithoutBeingAskedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t, Config{Rolling: rollsTen})
		defer h.Close()
		leg := &soundLeg{wireLeg: wireLeg{id: aCallID}}
		legCame(h, leg)
		for n := range 30 {
			leg.say(fmt.Sprint(n))
			time.Sleep(time.Second)
		}
		if got := strings.Join(saidOf(h, aCall), " "); got != "19 20 21 22 23 24 25 26 27 28 29" {
			t.Errorf("the last ten seconds are %s", got)
		}
		if _, err := h.Capture(aCall, 5*time.Second); err != nil {
			t.Fatal(err)
		}
		leg.say("both")
		time.Sleep(6 * time.Second)
		leg.say("ring")
		if got := strings.Join(saidOf(h, aCall), " "); strings.Count(got, "both") != 1 || !strings.HasSuffix(got, "ring") {
			t.Errorf("with a capture: %s", got)
		}
		h.Leg(call.LegNews{CorrelationID: aCall, ServerCallID: aServerCall, What: call.LegGone, Who: caller, Leg: leg})
		h.CallOver(call.Detail{CorrelationID: aCall, ServerCallID: aServerCall, Began: time.Now(), Ended: time.Now()})
		leg.say("elsewhere")
		time.Sleep(2 * time.Second)
		if got := saidOf(h, aCall); got[len(got)-1] != "ring" {
			t.Errorf("after the end: %s", got)
		}
		time.Sleep(captureKeepTime)
		if found, _ := h.captured(aCall); found != nil || h.rollingBytes != 0 {
			t.Errorf("%+v, %d bytes are kept for ever", found, h.rollingBytes)
		}
	})
}

// TestRingsAreBounded: where there is no room, calls that are over make some, and calls
// that live do not.
func TestRingsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rolling := Rolling{Length: 10 * time.Second}
		rolling.Bytes = 2 * rolling.ringSize()
		h := newHub(t, Config{Rolling: rolling})
		defer h.Close()
		came := func(id string) *soundLeg {
			leg := &soundLeg{}
			h.Leg(call.LegNews{CorrelationID: id, ServerCallID: "s" + id, From: caller, To: callee, What: call.LegCame, Who: caller, Leg: leg})
			leg.say(id)
			return leg
		}
		came("first")
		came("second")
		came("third")
		if got := saidOf(h, "third"); len(got) != 0 || h.rollingBytes != rolling.Bytes {
			t.Errorf("of a leg without room %v is kept; %d bytes of %d", got, h.rollingBytes, rolling.Bytes)
		}
		h.CallOver(call.Detail{CorrelationID: "first", ServerCallID: "sfirst", Began: time.Now(), Ended: time.Now()})
		time.Sleep(2 * time.Second)
		came("fourth")
		if first, fourth := saidOf(h, "first"), saidOf(h, "fourth"); len(first) != 0 || len(fourth) != 1 || len(saidOf(h, "second")) != 1 {
			t.Errorf("of the call that is over %v is kept, of the new one %v", first, fourth)
		}
	})
}

// TestRingForgetsTheOldest and never grows, nor allocates on the way of a packet.
func TestRingForgetsTheOldest(t *testing.T) {
	r := newRing(Rolling{Length: time.Second})
	p := rtp.Tapped{Packet: make([]byte, 1000)}
	if n := testing.AllocsPerRun(1000, func() { p.At++; r.take(p) }); n != 0 {
		t.Errorf("%v allocations for a packet", n)
	}
	list := r.packets()
	if last := list[len(list)-1].at.UnixNano(); last != p.At || len(list) > 64 {
		t.Errorf("%d packets are kept, the last of %d, not %d", len(list), last, p.At)
	}
	r.take(rtp.Tapped{Packet: make([]byte, 1<<20)})
	if len(r.packets()) != len(list) {
		t.Error("a packet that fits nowhere is taken")
	}
}

// TestReaderDoesNotHoldUpSound: while somebody reads, packets are left out.
func TestReaderDoesNotHoldUpSound(t *testing.T) {
	r := newRing(rollsTen)
	r.mu.Lock()
	r.take(rtp.Tapped{Packet: []byte("x")}) // would never return
	r.mu.Unlock()
	if list := r.packets(); len(list) != 0 {
		t.Errorf("%+v", list)
	}
}

// TestRollingSoundIsForAdministrators.
func TestRollingSoundIsForAdministrators(t *testing.T) {
	for want, who := range map[int]auth.Principal{http.StatusOK: {Administrator: true}, http.StatusForbidden: {Reader: true, Reads: true}} {
		h := newHub(t, Config{Rolling: rollsTen})
		leg := &soundLeg{wireLeg: wireLeg{id: aCallID}}
		legCame(h, leg)
		leg.say("x")
		router := rest.New(rest.Config{Auth: sender(who), Log: slog.New(slog.DiscardHandler)})
		(&API{Hub: h, Stopping: t.Context()}).Register(router)
		w := httptest.NewRecorder()
		router.ServeHTTP(w, httptest.NewRequest("GET", "http://localhost"+Path+"/calls/"+aCall+"/sound", nil))
		if w.Code != want {
			t.Errorf("%+v is answered with %d %s", who, w.Code, w.Body)
		}
		h.Close()
	}
}
