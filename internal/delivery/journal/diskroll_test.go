package journal

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestWriterDoesNotWaitWhereAFileBegins: while the disk syncs the full one, pages are
// appended, until it has taken what it may.
func TestWriterDoesNotWaitWhereAFileBegins(t *testing.T) {
	s, _ := openDisk(t, t.TempDir())
	s.over = 4096
	syncing, goOn := make(chan bool, 100), make(chan bool)
	s.syncData = func(file file) error { syncing <- true; <-goOn; return s.files.syncData(file) }
	text := strings.Repeat("x", 400)
	written := make(chan bool, 100)
	go func() {
		defer close(written)
		for i := range uint64(30) {
			if _, err := s.Append(t.Context(), i+1, []byte(text)); err != nil {
				t.Error(err)
			}
			written <- true
		}
	}()
	pages := int((s.full + s.over) / int64(len(text)+frameHead))
	for range pages {
		<-written // and no sync has ended
	}
	<-syncing
	close(goOn)
	for range written {
	}
	if names, _ := files(t, s.dir); len(names) < 2 {
		t.Errorf("there are %d files", len(names))
	}
	if _, kept := openDisk(t, copyDir(t, s.dir)); len(kept) != 30 {
		t.Errorf("%d pages are kept", len(kept))
	}
}

// TestKillWhileTheNextFileIsMadeLosesNothing, however much there is of it; what is
// found is on the disk then, and the next page is as well.
func TestKillWhileTheNextFileIsMadeLosesNothing(t *testing.T) {
	s, _ := openDisk(t, t.TempDir())
	for i := range uint64(3) {
		mustAppend(t, s, i+1, fmt.Sprint("page ", i+1)) // none is synced
	}
	head := appendFrame(nil, startOf(s.sequence+1, s.next, s.end))
	page := appendFrame(nil, frame{kind: framePage, sequence: s.sequence + 2, page: 4, content: []byte("page 4")})
	begun := append(slices.Clone(head), page...)
	states := [][]byte{nil, make([]byte, 1000), bytes.Repeat([]byte{7}, 50), append(make([]byte, len(head)), page...)}
	for cut := range begun {
		states = append(states, begun[:cut], append(slices.Clone(begun[:cut]), make([]byte, 300)...))
	}
	for _, next := range states {
		dir := copyDir(t, s.dir)
		if err := os.WriteFile((&segment{ordinal: 2}).path(dir), next, 0o600); err != nil {
			t.Fatal(err)
		}
		again, kept := openDisk(t, dir)
		disk := onTornDisk(again)
		if len(kept) != 3 || kept[3] != "page 3" {
			t.Fatalf("%d bytes of the next file: kept %v", len(next), kept)
		}
		if number := mustAppend(t, again, 9, "next"); number != 4 {
			t.Fatalf("%d bytes of the next file: the next page is %d", len(next), number)
		}
		mustSync(t, again)
		if _, kept = openDisk(t, disk.cut(t, rand.New(rand.NewPCG(1, 1)))); len(kept) != 4 || kept[4] != "next" {
			t.Fatalf("%d bytes of the next file, after a power cut: kept %v", len(next), kept)
		}
	}
}

// TestFileThatCannotBeMadeIsToldOnceItIsNeeded, and pages are appended until then; as soon as
// it can be made, it is.
func TestFileThatCannotBeMadeIsToldOnceItIsNeeded(t *testing.T) {
	dir := t.TempDir()
	s, _ := openDisk(t, dir)
	s.over = 1000
	obstacle := (&segment{ordinal: 2}).path(dir)
	if err := os.MkdirAll(obstacle+"/x", 0o700); err != nil {
		t.Fatal(err)
	}
	var refused error
	pages := uint64(0)
	for refused == nil && pages < 100 {
		_, refused = s.Append(t.Context(), pages+1, bytes.Repeat([]byte("x"), 200))
		pages++
	}
	if refused == nil || s.end < s.full+s.over || s.end > s.full+s.over+300 {
		t.Fatalf("with %d bytes: %v", s.end, refused)
	}
	if err := os.RemoveAll(obstacle); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, s, pages, "the last")
	if _, kept := openDisk(t, copyDir(t, dir)); len(kept) != int(pages) {
		t.Errorf("%d of %d pages are kept", len(kept), pages)
	}
}

// TestNextFileIsBegunWithoutAPage that waits for it, and a closed store leaves none that
// was not begun.
func TestNextFileIsBegunWithoutAPage(t *testing.T) {
	s, _ := openDisk(t, t.TempDir())
	s.over = 4096
	fill := func() {
		s.disk.Lock()
		end := s.end
		s.disk.Unlock()
		mustAppend(t, s, s.next+1, strings.Repeat("x", int(s.full-end)))
	}
	fill()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		s.mu.Lock()
		count := len(s.segments)
		s.mu.Unlock()
		if count == 2 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("a minute after the first file was full there is %d", count)
		}
	}
	fill()
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, contents := files(t, s.dir)
	for i, content := range contents {
		if _, _, begun := readFrame(content, 0); !begun {
			t.Errorf("file %d of %d was not begun", i+1, len(contents))
		}
	}
}
