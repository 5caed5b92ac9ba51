package history

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/backbone"
	"github.com/switchhook/switchhook/internal/delivery/history/historytest"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func openBackbone(t testing.TB, dir string) *backbone.Backbone {
	t.Helper()
	b, err := backbone.Open(t.Context(), backbone.Config{Dir: dir}, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

func everyAttempt(*Attempt) bool { return true }

func TestOldAttemptsAreNotLoaded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		archive := &historytest.Archive{}
		before := New(Attempts, Config{Archive: archive, Keep: time.Hour, Size: 10}, quiet())
		before.Add(Attempt{Time: time.Now()})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		before.Write(ctx)
		if archive.Len() != 1 {
			t.Fatal("nothing was archived")
		}
		time.Sleep(2 * time.Hour)
		h := New(Attempts, Config{Archive: archive, Keep: time.Hour, Size: 10}, quiet())
		if err := h.Load(t.Context()); err != nil || h.ring.length() != 0 {
			t.Errorf("%d attempts are loaded, %v", h.ring.length(), err)
		}
	})
}

func TestHistoryIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		archive := &historytest.Archive{}
		archive.Break(errors.New("no space left on device"))
		h := New(Attempts, Config{Archive: archive, Keep: time.Hour, Size: 1000}, quiet())
		for i := range 3000 {
			h.Add(Attempt{Time: time.Now(), ID: fmt.Sprint(i)})
		}
		got := h.Find(func(*Attempt) bool { return true }, 10_000)
		if len(got) != 1000 || got[0].ID != "2999" || got[999].ID != "2000" {
			t.Errorf("%d attempts", len(got))
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		h.Write(ctx) // returns, although nothing can be archived
		if first := h.due(); first != 2000+blockRecords || len(h.records) != blockRecords {
			t.Errorf("%d wait to be archived, from %d on", len(h.records), first)
		}
	})
}

// TestFloodIsArchivedNoFurtherThanRemembered: what memory has forgotten would
// be read by nobody.
func TestFloodIsArchivedNoFurtherThanRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		archive := &historytest.Archive{}
		h := New(Attempts, Config{Archive: archive, Keep: time.Hour, Size: 300}, quiet())
		for i := range 5000 {
			h.Add(Attempt{Time: time.Now(), Number: i})
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		h.Write(ctx)
		again := New(Attempts, Config{Archive: archive, Keep: time.Hour, Size: 300}, quiet())
		if err := again.Load(t.Context()); err != nil {
			t.Fatal(err)
		}
		got := again.Find(everyAttempt, 1000)
		if len(got) != 300 || got[0].Number != 4999 || got[299].Number != 4700 || archive.Len() != 2 {
			t.Errorf("%d attempts in %d blocks", len(got), archive.Len())
		}
	})
}

func TestDamagedArchiveIsPassedOver(t *testing.T) {
	good, err := json.Marshal(Attempt{Time: time.Now(), ID: "good"})
	if err != nil {
		t.Fatal(err)
	}
	archive := historytest.With([]byte("{oops"), good)
	h := New(Attempts, Config{Archive: archive, Keep: time.Hour, Size: 10}, quiet())
	h.Add(Attempt{Time: time.Now(), ID: "new"})
	if err := h.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := h.Find(func(*Attempt) bool { return true }, 10); len(got) != 2 || got[0].ID != "new" || got[1].ID != "good" {
		t.Errorf("got %+v", got)
	}
}

func TestArchiveTellsItsNewestBlocks(t *testing.T) {
	a := AttemptsOnBackbone(openBackbone(t, t.TempDir()), time.Hour, 100)
	for i := range 100 {
		if err := a.Append(t.Context(), fmt.Append(nil, i)); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	err := a.Read(t.Context(), 70, func(block []byte) error { got = append(got, string(block)); return nil })
	if err != nil || len(got) != 70 || got[0] != "30" || got[69] != "99" {
		t.Errorf("read %q, %v", got, err)
	}
}

func TestArchiveOnBackbone(t *testing.T) {
	dir := t.TempDir()
	b := openBackbone(t, dir)
	a := AttemptsOnBackbone(b, time.Hour, 100)
	for i := range 3 {
		if err := a.Append(t.Context(), fmt.Append(nil, "block ", i)); err != nil {
			t.Fatal(err)
		}
	}
	b.Close()
	var got []string
	a = AttemptsOnBackbone(openBackbone(t, dir), time.Hour, 100)
	err := a.Read(t.Context(), 100, func(block []byte) error { got = append(got, string(block)); return nil })
	if err != nil || strings.Join(got, ",") != "block 0,block 1,block 2" {
		t.Errorf("read %q, %v", got, err)
	}
}

func TestEmptyArchiveOnBackbone(t *testing.T) {
	a := AttemptsOnBackbone(openBackbone(t, t.TempDir()), time.Hour, 100)
	if err := a.Read(t.Context(), 100, func([]byte) error { return errors.New("a block") }); err != nil {
		t.Error(err)
	}
}
