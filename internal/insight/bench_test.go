package insight

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
)

// BenchmarkSetup is what a whole call costs the hub, from INVITE to BYE: six messages,
// a leg that comes, is answered and ends, and the record.
func BenchmarkSetup(b *testing.B) {
	h, err := New(Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer h.Close()
	messages := make([][]byte, 6)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n++
		id := fmt.Sprintf("call-%08d", n)
		text := invite(id)
		for i := range messages {
			messages[i] = text
		}
		leg := &wireLeg{id: id}
		now := time.Now()
		h.SIP(now, false, "UDP", here, phone, messages[0])
		news := call.LegNews{CorrelationID: id, ServerCallID: "s" + id, From: caller, To: callee, What: call.LegCame, Who: caller, Leg: leg}
		h.Leg(news)
		for _, m := range messages[1:] {
			h.SIP(now, true, "UDP", here, phone, m)
		}
		news.What = call.LegAnswered
		h.Leg(news)
		news.What = call.LegGone
		h.Leg(news)
		h.CallOver(call.Detail{CorrelationID: id, ServerCallID: "s" + id, From: caller, To: callee, Began: now, Ended: now})
	}
}

// BenchmarkArchive is what it costs to archive a call with an application: its summary, its
// timeline without secrets, and the writing.
func BenchmarkArchive(b *testing.B) {
	h, err := New(Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer h.Close()
	wholeCall(h, 1)
	s := h.order.newest(1)[0].snapshot()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := h.archive.put(s.summarize(), h.packer.packMasked(s)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTextSearch is what it costs to look through one call for a text that it does
// not have: through its lines, without the details behind them.
func BenchmarkTextSearch(b *testing.B) {
	h, err := New(Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer h.Close()
	wholeCall(h, 1)
	b.ReportAllocs()
	for b.Loop() {
		if page := h.Search(context.Background(), Query{Text: "nowhere in it", Limit: 1}); len(page.Calls) > 0 {
			b.Fatal("it is found")
		}
	}
}
