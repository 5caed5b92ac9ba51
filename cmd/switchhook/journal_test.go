package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// withJournal is a data directory whose journal has three pages, each synced.
func withJournal(t *testing.T) (dir string) {
	t.Helper()
	dir, _ = stopped(t)
	s := journal.OnDisk(filepath.Join(dir, datadir.JournalFolder), nil, slog.New(slog.DiscardHandler))
	if err := s.Recover(t.Context(), func(uint64, []byte) error { return nil }); err != nil {
		t.Fatal(err)
	}
	for id := range uint64(3) {
		if _, err := s.Append(t.Context(), id+1, []byte{2}); err != nil { // a page of version 2, without records
			t.Fatal(err)
		}
		if err := s.Sync(); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestDamagedJournalIsToldAndRepaired(t *testing.T) {
	dir := withJournal(t)
	if got := command(t, dir, "", "journal", "check"); got.code != 0 || !strings.Contains(got.out, "1 files") || !strings.Contains(got.out, "in 3 pages") {
		t.Errorf("of a whole journal: %+v", got)
	}
	if got := command(t, dir, "", "journal", "repair"); got.code != 0 || !strings.Contains(got.out, "Nothing was changed") {
		t.Errorf("repair of a whole journal: %+v", got)
	}
	names, err := filepath.Glob(filepath.Join(dir, datadir.JournalFolder, "*.segment"))
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	content, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	content[len(content)/2] ^= 1 // of the second page, or of what names it
	if err := os.WriteFile(names[0], content, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := command(t, dir, "", "journal", "check"); got.code != 1 || !strings.Contains(got.out, "damaged: "+names[0]) || !strings.Contains(got.out, "1 pages or more are lost") || !strings.Contains(got.err, "switchhook journal repair") {
		t.Errorf("of a damaged journal: %+v", got)
	}
	if got := command(t, dir, "", "journal", "repair"); got.code != 0 || !strings.Contains(got.out, "journal-damaged-") {
		t.Errorf("repair: %+v", got)
	}
	if got := command(t, dir, "", "journal", "check"); got.code != 0 || !strings.Contains(got.out, "in 2 pages") {
		t.Errorf("of the repaired journal: %+v", got)
	}
	if aside, err := filepath.Glob(filepath.Join(dir, "journal-damaged-*", "*.segment")); err != nil || len(aside) != 1 {
		t.Errorf("put aside: %v, %v", aside, err)
	}
}

func TestJournalOfARunningServerIsLeftAlone(t *testing.T) {
	dir := withJournal(t)
	data, err := datadir.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	for _, what := range []string{"check", "repair"} {
		if got := command(t, dir, "", "journal", what); got.code != 1 || !strings.Contains(got.err, "in use") {
			t.Errorf("%s: %+v", what, got)
		}
	}
}

func TestJournalThatIsNotThereIsExplained(t *testing.T) {
	dir, _ := stopped(t)
	if got := command(t, dir, "", "journal", "check"); got.code != 1 || !strings.Contains(got.err, "no server has run there") {
		t.Errorf("%+v", got)
	}
}
