package phonenumbers

import (
	"context"
	"testing"

	"github.com/switchhook/switchhook/internal/store"
)

// TestFailedOpenLeavesNothing: each collection follows its bucket until it is closed.
func TestFailedOpenLeavesNothing(t *testing.T) {
	b := open(t, t.TempDir())
	defer b.Close()
	conn := b.JetStream().Conn()
	before := conn.NumSubscriptions()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := New(ctx, Config{Store: store.OnBackbone(b)}); err == nil {
		t.Fatal("it was opened")
	}
	if after := conn.NumSubscriptions(); after != before {
		t.Errorf("%d subscriptions, %d before", after, before)
	}
}
