package report

import (
	"bytes"
	"log/slog"
	"os"
	"reflect"
	"testing"
	"time"

	"github.com/klauspost/compress/s2"
	"github.com/switchhook/switchhook/internal/delivery/history"
	"github.com/switchhook/switchhook/internal/delivery/history/historytest"
)

// TestEveryVersionOfTheFailureLogIsRead: it outlives the program that wrote it.
func TestEveryVersionOfTheFailureLogIsRead(t *testing.T) {
	at := time.UnixMilli(1_790_000_000_022).UTC()
	want := []Failure{{Time: at, Subscription: "INCOMING", Category: "DeliveryFailures", Operation: "Deliver", Message: "outcome=Busy, latencyInMs=1", ResourceID: "/subscriptions/0"}}
	for _, golden := range []string{"testdata/failures.v1.jsonl", "testdata/failures.v2.jsonl"} {
		block, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		r := New(Config{Failures: history.Config{Archive: historytest.With(block), Keep: longAgo}}, slog.New(slog.DiscardHandler))
		r.Start(t.Context())
		if got := r.Failures(FailureQuery{}); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v", golden, got)
		}
		r.Close()
	}
	archive := &historytest.Archive{}
	r := New(Config{Failures: history.Config{Archive: archive, Keep: longAgo}}, slog.New(slog.DiscardHandler))
	r.Start(t.Context())
	r.failures.Add(want[0])
	r.Close()
	golden, err := os.ReadFile("testdata/failures.v2.jsonl")
	if err != nil || archive.Len() != 1 {
		t.Fatalf("%d blocks are written, %v", archive.Len(), err)
	}
	packed, isPacked := bytes.CutPrefix(archive.Blocks()[0], []byte("s2\n"))
	if block, err := s2.Decode(nil, packed); err != nil || !isPacked || string(block) != string(golden) {
		t.Errorf("got  %q, %v\nwant %q", block, err, golden)
	}
}

// longAgo keeps the golden failures, whose time passes.
const longAgo = 100 * 365 * 24 * time.Hour
