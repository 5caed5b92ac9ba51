package insight

import (
	"bytes"
	"encoding/binary"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/rtp"
)

// soundLeg is a leg whose packets can be seen.
type soundLeg struct {
	wireLeg
	tap atomic.Value // of rtp.Tap
}

func (l *soundLeg) Tap(t rtp.Tap) { l.tap.Store(t) }

// say has a packet of the leg come, if somebody looks.
func (l *soundLeg) say(payload string) {
	if tap, _ := l.tap.Load().(rtp.Tap); tap != nil {
		tap(rtp.Tapped{Packet: []byte(payload), Local: netip.MustParseAddrPort("127.0.0.1:20000"), Remote: netip.MustParseAddrPort("192.0.2.1:4000"), At: time.Now().UnixNano()})
	}
}

// TestSoundIsCaptured while the call lives and the time is not over, of every leg of it,
// and of no leg that has moved elsewhere.
func TestSoundIsCaptured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t, Config{})
		defer h.Close()
		first, second := &soundLeg{wireLeg: wireLeg{id: aCallID}}, &soundLeg{}
		legCame(h, first)
		first.say("before")
		begun, err := h.Capture(aCall, time.Minute)
		if err != nil || !begun.Running || begun.Legs != 1 {
			t.Fatalf("%+v, %v", begun, err)
		}
		if _, err := h.Capture(aCall, time.Minute); err == nil {
			t.Error("the same call is captured twice")
		}
		first.say("one")
		legCame(h, second)
		second.say("two")
		h.Leg(call.LegNews{CorrelationID: aCall, ServerCallID: aServerCall, What: call.LegGone, Who: callee, Leg: second})
		second.say("elsewhere")
		h.Leg(call.LegNews{CorrelationID: "other", ServerCallID: "other", From: caller, To: callee, What: call.LegCame, Who: callee, Leg: second})
		if _, err := h.Capture("other", 5*time.Minute); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute + time.Second)
		first.say("too late")
		second.say("three")
		if _, packets := h.captured("other"); len(packets) != 1 {
			t.Errorf("of the other call %d packets were captured", len(packets))
		}
		found, packets := h.captured(aCall)
		var said []string
		for _, p := range packets {
			said = append(said, string(p.payload))
		}
		if strings.Join(said, " ") != "one two" || found.Running || found.Legs != 2 {
			t.Errorf("captured %q, %+v", said, found)
		}
		if p := packets[0]; p.sent || p.local.String() != "127.0.0.1:20000" || p.remote.String() != "192.0.2.1:4000" {
			t.Errorf("%+v", p)
		}
		file := soundPCAP(nil, packets)
		if binary.LittleEndian.Uint32(file) != pcapMagic || !bytes.Contains(file, []byte("one")) || !bytes.Contains(file, []byte("two")) {
			t.Errorf("the file is %x", file)
		}
		time.Sleep(captureKeepTime + time.Second)
		if found, _ := h.captured(aCall); found != nil {
			t.Error("the sound is kept for ever")
		}
	})
}

// TestCapturesAreBounded in their number and their size.
func TestCapturesAreBounded(t *testing.T) {
	h := newHub(t, Config{})
	defer h.Close()
	if _, err := h.Capture("nobody", time.Minute); err == nil {
		t.Error("a call that nobody knows is captured")
	}
	for i := range maxCaptures + 1 {
		id := strings.Repeat(string(rune('a'+i)), 8)
		leg := &soundLeg{}
		h.Leg(call.LegNews{CorrelationID: id, ServerCallID: "s" + id, From: caller, To: callee, What: call.LegCame, Who: caller, Leg: leg})
		_, err := h.Capture(id, time.Minute)
		if (err == nil) != (i < maxCaptures) {
			t.Fatalf("capture %d: %v", i, err)
		}
		for range 3 * captureRoom / 60000 {
			leg.say(strings.Repeat("x", 60000))
		}
		if err == nil {
			if found, _ := h.captured(id); found.Bytes > captureRoom || !found.Full {
				t.Errorf("captured %+v", found)
			}
		}
	}
	h.Leg(call.LegNews{CorrelationID: "browsers", ServerCallID: "s", From: caller, To: callee, What: call.LegCame, Who: caller, Leg: &wireLeg{}})
	if _, err := h.Capture("browsers", time.Minute); err == nil {
		t.Error("a call without phones is captured")
	}
}

// TestSoundIsForAdministrators, and for nobody where keys are masked.
func TestSoundIsForAdministrators(t *testing.T) {
	for name, test := range map[string]struct {
		sender      auth.Principal
		masked      bool
		begin, read int
	}{
		"administrator":     {auth.Principal{Administrator: true}, false, http.StatusOK, http.StatusOK},
		"reader":            {auth.Principal{Reader: true, Reads: true}, false, http.StatusForbidden, http.StatusForbidden},
		"keys are masked":   {auth.Principal{Administrator: true}, true, http.StatusForbidden, http.StatusNotFound},
		"reader by a token": {auth.Principal{Reader: true, ReadOnly: true}, false, http.StatusForbidden, http.StatusForbidden},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHub(t, Config{})
			defer h.Close()
			legCame(h, &soundLeg{wireLeg: wireLeg{id: aCallID}})
			router := rest.New(rest.Config{Auth: sender(test.sender), Log: slog.New(slog.DiscardHandler)})
			(&API{Hub: h, NoSound: test.masked, Stopping: t.Context()}).Register(router)
			status := func(method, path, body string) int {
				w := httptest.NewRecorder()
				router.ServeHTTP(w, httptest.NewRequest(method, "http://localhost"+Path+"/calls/"+aCall+path, strings.NewReader(body)))
				return w.Code
			}
			if got := status("POST", ":capture", "{}"); got != test.begin {
				t.Errorf("to begin is answered with %d", got)
			}
			if got := status("GET", "/sound", ""); got != test.read {
				t.Errorf("to read is answered with %d", got)
			}
			if got := status("POST", ":capture", `{"seconds": 601}`); got == http.StatusOK {
				t.Errorf("ten minutes and a second are answered with %d", got)
			}
		})
	}
}

// TestCaptureIsShownWithoutItsPackets: a page asks each second how a capture of megabytes
// stands.
func TestCaptureIsShownWithoutItsPackets(t *testing.T) {
	h := newHub(t, Config{})
	defer h.Close()
	leg := &soundLeg{wireLeg: wireLeg{id: aCallID}}
	legCame(h, leg)
	if _, err := h.Capture(aCall, time.Minute); err != nil {
		t.Fatal(err)
	}
	const packets = 10_000
	for range packets {
		leg.say("x")
	}
	if n := testing.AllocsPerRun(10, func() { h.capturing(aCall) }); n > 10 {
		t.Errorf("%v allocations", n)
	}
	if v := h.capturing(aCall); v == nil || v.Bytes != packets*(packetHead+1) {
		t.Errorf("%+v", v)
	}
}

// TestPacketWithoutAnAddressIsKept: a tap must not fail, on the shard, whatever comes.
func TestPacketWithoutAnAddressIsKept(t *testing.T) {
	kept := &track{data: make([]byte, 1000)}
	kept.take(rtp.Tapped{Packet: []byte("x"), Sent: true})
	if list := kept.packets(); len(list) != 1 || string(list[0].payload) != "x" || list[0].remote.Port() != 0 {
		t.Errorf("%+v", list)
	}
}

// TestUnknownCallIsExplained: who asks for what is kept of a call learns where it would be, and which ids find it.
func TestUnknownCallIsExplained(t *testing.T) {
	h := newHub(t, Config{})
	defer h.Close()
	_, captured := h.Capture("nobody", time.Minute)
	_, delivered := h.deliveredBody("nobody", 1)
	for want, err := range map[string]error{"switchhook calls": captured, "insight.memory-mib": delivered} {
		if err == nil || !strings.Contains(err.Error(), "nothing is kept of a call with this id") || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
}
