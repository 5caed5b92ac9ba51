package journal

import (
	"context"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// sweepsOnlyHere lets the store be swept when the test does it, until then.
func sweepsOnlyHere(t testing.TB, s *DiskStore) {
	s.mu.Lock()
	defer s.mu.Unlock()
	never := time.AfterFunc(time.Hour, func() {})
	t.Cleanup(func() { never.Stop() })
	s.sweeping = never
}

// TestFailedSyncIsWrittenAgain: the kernel drops what it could not write, and says so
// once. Nothing is appended until all of it is on the disk.
func TestFailedSyncIsWrittenAgain(t *testing.T) {
	dir := t.TempDir()
	s, _ := openDisk(t, dir)
	sweepsOnlyHere(t, s)
	s.full = 64 << 10
	mustAppend(t, s, 1, "one")
	mustSync(t, s)
	on := s.end
	mustAppend(t, s, 2, "two")
	s.Done(mustAppend(t, s, 3, "three"))
	mustAppend(t, s, 4, "four")
	refused := errors.New("input/output error")
	failures := 2
	s.syncData = func(file file) error {
		if failures == 0 {
			return s.files.syncData(file)
		}
		failures--
		lost := make([]byte, s.end-on)
		if _, err := file.WriteAt(lost, on); err != nil {
			t.Fatal(err)
		}
		return refused
	}
	if err := s.Sync(); !errors.Is(err, refused) {
		t.Fatalf("the disk refuses: %v", err)
	}
	if _, err := s.Append(t.Context(), 5, []byte("five")); !errors.Is(err, refused) {
		t.Fatalf("appended behind what may be lost: %v", err)
	}
	if _, kept := openDisk(t, copyDir(t, dir)); len(kept) != 1 {
		t.Fatalf("the test loses nothing: %v", kept)
	}
	five := mustAppend(t, s, 5, "five")
	if _, kept := openDisk(t, copyDir(t, dir)); len(kept) != 4 || kept[2] != "two" || kept[4] != "four" || kept[five] != "five" {
		t.Errorf("kept %v", kept)
	}
	if s.synced <= on || len(s.unsynced) != int(s.end-s.synced) {
		t.Errorf("%d bytes are synced, %d of %d are to be", s.synced, len(s.unsynced), s.end)
	}
}

// TestPagesAreAppendedWhileASyncRuns, and are not taken for synced when it ends.
func TestPagesAreAppendedWhileASyncRuns(t *testing.T) {
	s, _ := openDisk(t, t.TempDir())
	s.full = 64 << 10
	disk := onTornDisk(s)
	note := s.syncData
	mustAppend(t, s, 1, "one")
	s.syncData = func(file file) error {
		err := note(file)
		two := mustAppend(t, s, 2, "two")
		if data, err := s.Read(t.Context(), two); err != nil || string(data) != "two" {
			t.Errorf("read %q, %v", data, err)
		}
		return err
	}
	mustSync(t, s)
	s.syncData = note
	if s.synced >= s.end || len(s.unsynced) != int(s.end-s.synced) {
		t.Errorf("%d of %d bytes are synced, %d are to be", s.synced, s.end, len(s.unsynced))
	}
	mustSync(t, s)
	if _, kept := openDisk(t, disk.cut(t, rand.New(rand.NewPCG(1, 1)))); kept[1] != "one" || kept[2] != "two" {
		t.Errorf("kept %v", kept)
	}
}

// TestWhatIsNotSyncedIsBounded: the page behind too much of it waits for a sync.
func TestWhatIsNotSyncedIsBounded(t *testing.T) {
	s, _ := openDisk(t, t.TempDir())
	s.full = segmentSize
	syncs := 0
	s.syncData = func(file) error { syncs++; return nil }
	text := strings.Repeat("x", 1<<20)
	for i := range uint64(7) {
		mustAppend(t, s, i+1, text)
		if len(s.unsynced) > maxUnsynced+len(text)+100 {
			t.Fatalf("%d bytes are not synced", len(s.unsynced))
		}
	}
	if syncs != 1 {
		t.Errorf("%d syncs", syncs)
	}
	mustSync(t, s)
	mustAppend(t, s, 8, "the burst is over")
	mustSync(t, s)
	if cap(s.unsynced) > 0 {
		t.Errorf("%d bytes are kept for the next burst", cap(s.unsynced))
	}
}

// TestFileIsRemovedOnlyOnceItsSuccessorIsSynced: a page of the old file may be done
// since its records are in another page.
func TestFileIsRemovedOnlyOnceItsSuccessorIsSynced(t *testing.T) {
	dir := t.TempDir()
	s, _ := openDisk(t, dir)
	sweepsOnlyHere(t, s)
	old := mustAppend(t, s, 1, strings.Repeat("x", 5000)) // the file is full
	mustAppend(t, s, 2, "the records of the first page")
	s.Done(old)
	refused := errors.New("input/output error")
	s.syncData = func(file) error { return refused }
	s.sweep()
	if names, _ := files(t, dir); len(names) != 2 {
		t.Fatalf("%d files are left", len(names))
	}
	s.syncData = s.files.syncData
	s.sweep()
	if names, _ := files(t, dir); len(names) != 1 || s.synced != s.end {
		t.Errorf("%d files are left, %d of %d bytes are synced", len(names), s.synced, s.end)
	}
}

// TestClosedStoreIsSynced.
func TestClosedStoreIsSynced(t *testing.T) {
	s, _ := openDisk(t, t.TempDir())
	disk := onTornDisk(s)
	mustAppend(t, s, 1, "one")
	if err := s.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if on := disk.synced[filepath.Base(s.file.Name())]; on != s.end {
		t.Errorf("%d of %d bytes are synced", on, s.end)
	}
}
