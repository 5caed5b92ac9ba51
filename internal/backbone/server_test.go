package backbone

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRoomAtTheStartBoundsNothing: the disk may be nearly full then, and have room later, also after streams were
// opened again.
func TestRoomAtTheStartBoundsNothing(t *testing.T) {
	b := open(t, t.TempDir())
	for _, when := range []string{"at the start", "after they were opened again"} {
		if got := b.server.JetStreamConfig(); got.MaxStore < 1<<50 || !got.SyncAlways {
			t.Errorf("%s streams may take %d bytes of the disk; each write is synced: %v", when, got.MaxStore, got.SyncAlways)
		}
		if err := b.reviver.open(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestIndexThatIsMadeAnewIsNoWarning: it follows each crash, and nobody has to do anything. What else the NATS server
// warns of is told as it comes.
func TestIndexThatIsMadeAnewIsNoWarning(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	bucket, err := b.Bucket(t.Context(), "things", 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bucket.Put(t.Context(), "a", []byte("1")); err != nil {
		t.Fatal(err)
	}
	b.Close()
	indexes, err := filepath.Glob(filepath.Join(dir, "backbone", "jetstream", "*", "streams", "*", "msgs", "index.db"))
	if err != nil || len(indexes) == 0 {
		t.Fatalf("there is no index: %v", err)
	}
	for _, name := range indexes {
		if err := os.Truncate(name, 0); err != nil {
			t.Fatal(err)
		}
	}
	var said bytes.Buffer
	again, err := Open(t.Context(), Config{Dir: dir}, slog.New(slog.NewTextHandler(&said, nil)))
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
	if text := said.String(); strings.Contains(text, "level=WARN") || !strings.Contains(text, "an index of stored data is made anew") {
		t.Errorf("the log says %s", text)
	}
	said.Reset()
	serverLog{log: slog.New(slog.NewTextHandler(&said, nil))}.Warnf("%d %% of the %s", 5, "disk")
	if text := said.String(); !strings.Contains(text, `level=WARN msg="message of the embedded NATS server" text="5 % of the disk"`) {
		t.Errorf("the log says %s", text)
	}
}
