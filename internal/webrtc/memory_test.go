package webrtc_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/webrtc/protocol"
	"github.com/switchhook/switchhook/internal/webrtc/webrtctest"
)

// TestLegsGiveBackWhatTheyTook: goroutines and memory, after calls that connected. The
// first round fills what is kept for good.
func TestLegsGiveBackWhatTheyTook(t *testing.T) {
	w := newWorld(t)
	round := func() {
		group := newGroup()
		pages := make([]*webrtctest.Client, 6)
		peers := make([]*webrtctest.Peer, len(pages))
		for i := range pages {
			var err error
			pages[i], err = webrtctest.Dial(w.ctx, w.url(), protocol.Hello{Token: ann.Raw()})
			w.must(err)
			peers[i], err = pages[i].Join(w.ctx, protocol.CallJoin{Group: group})
			w.must(err)
		}
		for i, page := range pages {
			w.ok(page, &protocol.CallHangup{Call: peers[i].Call})
			peers[i].Close()
			frame, err := protocol.Encode(protocol.Head{}, &protocol.Bye{})
			w.must(err)
			w.must(page.Write(frame))
		}
		w.until("the sessions are over", func() bool { return w.server.Sessions() == 0 && w.calls.Active() == 0 })
		for _, page := range pages {
			page.Cut()
		}
	}
	settle := func(most int) (goroutines int, heap uint64) {
		for range 100 {
			runtime.GC()
			if goroutines = runtime.NumGoroutine(); goroutines <= most {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return goroutines, m.HeapAlloc
	}
	round()
	time.Sleep(time.Second)
	goroutines, heap := settle(0)
	for range 3 {
		round()
	}
	more, after := settle(goroutines)
	if more > goroutines {
		stacks := make([]byte, 1<<20)
		t.Errorf("%d goroutines before, %d after:\n%s", goroutines, more, stacks[:runtime.Stack(stacks, true)])
	}
	if after > heap+2<<20 {
		t.Errorf("%d kB before, %d kB after 18 more calls", heap>>10, after>>10)
	}
}
