package insight

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/rest"
)

// wholeCall is what the hub hears of one call with an application. Its texts are made
// anew, as they are in the server.
func wholeCall(h *Hub, n int) {
	now := time.Now()
	id := fmt.Sprintf("call-%08d", n)
	server, connection := "server-"+id, "connection-"+id
	message := invite(id + strings.Repeat("x", 300))
	text := func(size int) []byte {
		return fmt.Appendf(nil, `[{"id":"event-%030d","source":"calling/callConnections/%s","data":{"text":"%s","serverCallId":%q,"correlationId":%q}}]`, n, connection, strings.Repeat("x", size-300), server, id)
	}
	h.SIP(now, false, "UDP", here, phone, message)
	leg := &wireLeg{id: id + strings.Repeat("x", 300)}
	news := call.LegNews{CorrelationID: id, ServerCallID: server, From: caller, To: callee, What: call.LegCame, Who: caller, Inbound: true, Leg: leg}
	h.Leg(news)
	head := call.Head{Connection: connection, ServerCallID: server, CorrelationID: id, At: now}
	h.Publish(call.ConnectionOpened{Head: head})
	h.Request(rest.Served{At: now, ID: fmt.Sprintf("request-%028d", n), Chain: id, Method: http.MethodPost, Pattern: "/calling/callConnections:answer", Path: fmt.Sprintf("/calling/callConnections:answer?n=%d", n), Status: 200, Body: text(700), Answer: text(650)})
	for range 5 {
		h.SIP(now, true, "UDP", here, phone, message)
	}
	news.What = call.LegAnswered
	h.Leg(news)
	h.Publish(call.CallConnected{Head: head})
	h.Publish(call.ParticipantsUpdated{Head: head})
	news.What = call.LegGone
	h.Leg(news)
	h.Publish(call.CallDisconnected{Head: head})
	for range 4 {
		h.Delivery(&delivery.Message{Group: connection, Body: text(1100)}, history.Attempt{
			Time: now, ID: fmt.Sprintf("event-%030d", n), Policy: "callback", Group: connection, Note: "CallConnected", URL: "https://app.example/callbacks", Number: 1, Status: 200, Result: history.Delivered,
		})
	}
	h.CallOver(call.Detail{CorrelationID: id, ServerCallID: server, From: caller, To: callee, Began: now, Ended: now})
}

// TestCountOfMemoryIsTrue compares what the hub counts against Config.Memory with what
// the heap gets back when the timelines go.
func TestCountOfMemoryIsTrue(t *testing.T) {
	t.Run("packed", func(t *testing.T) { testCount(t, true) })
	t.Run("open", func(t *testing.T) { testCount(t, false) })
}

func testCount(t *testing.T, packed bool) {
	const calls = 500
	h := newHub(t, Config{Memory: 1 << 30})
	close(h.stop) // it packs nothing of its own accord
	h.work.Wait()
	defer func() { h.stop = make(chan struct{}); h.Close() }()
	for n := range calls {
		wholeCall(h, n)
	}
	if packed {
		h.packEnded(time.Now().Add(packTime))
	}
	alive := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := alive()
	h.mu.Lock()
	counted := h.taken
	for r := range h.order.all() {
		h.dropTimeline(r)
	}
	left := h.taken
	h.mu.Unlock()
	real := before - alive()
	t.Logf("a call: %d bytes counted, %d bytes of heap", counted/calls, real/calls)
	if left != 0 {
		t.Errorf("%d bytes are counted of no timeline", left)
	}
	if counted < real*9/10 || counted > real*12/10 {
		t.Errorf("%d bytes are counted, and the heap had %d", counted, real)
	}
}
