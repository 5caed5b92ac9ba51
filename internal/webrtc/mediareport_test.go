package webrtc_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/webrtc"
	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// watcher notes what clients measure.
type watcher struct {
	mu       sync.Mutex
	measured []call.ClientMedia
	gone     []call.LegNews
}

func (w *watcher) Leg(n call.LegNews) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if n.What == call.LegMeasured {
		w.measured = append(w.measured, *n.Media)
	}
	if n.What == call.LegGone {
		n.Leg = nil // TestLegsGiveBackWhatTheyTook asks for its memory
		w.gone = append(w.gone, n)
	}
}

func (w *watcher) media() []call.ClientMedia {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.measured
}

// TestClientsSayHowTheirMediaGo: what a client measures is shown to who looks into the
// call, no more often than it is asked for, and within bounds.
func TestClientsSayHowTheirMediaGo(t *testing.T) {
	w := newWorld(t)
	a, pa := w.inGroup(ann, newGroup())
	if every := time.Duration(a.Welcome.Limits.ReportMs) * time.Millisecond; every != webrtc.ReportEvery {
		t.Errorf("the client is asked every %s", every)
	}
	good := protocol.MediaReport{Call: pa.Call, Received: 245, Lost: 5, JitterMs: 4, RoundTripMs: 21, Spoken: 5, Heard: 40, Pair: "udp host to prflx"}
	for _, spoil := range []func(*protocol.MediaReport){
		func(m *protocol.MediaReport) { m.Lost = -1 },
		func(m *protocol.MediaReport) { m.JitterMs = 1 << 30 },
		func(m *protocol.MediaReport) { m.Heard = 101 },
		func(m *protocol.MediaReport) { m.Pair = strings.Repeat("x", 65) },
	} {
		bad := good
		spoil(&bad)
		w.refused(a, 400, &bad)
	}
	began := time.Now()
	w.until("the watcher is told", func() bool { // the first come before the leg is up
		w.does(a, &good)
		return len(w.watcher.media()) > 0
	})
	w.does(a, &good)                                 // too soon
	slow := time.Since(began) > webrtc.ReportEvery/2 // on a machine that is slow it may count
	w.does(a, &protocol.CallHangup{Call: pa.Call})
	w.ended(a, 0, 0)
	want := call.ClientMedia{Received: 245, Lost: 5, Jitter: 4 * time.Millisecond, RoundTrip: 21 * time.Millisecond, Spoken: 5, Heard: 40, Pair: "udp host to prflx"}
	if got := w.watcher.media(); len(got) != 1 && !slow || got[0] != want {
		t.Errorf("the watcher is told %+v", got)
	}
}
