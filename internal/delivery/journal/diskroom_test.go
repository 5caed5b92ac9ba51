package journal

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestPagesDoNotChangeTheSizeOfTheirFile, but once for each piece.
func TestPagesDoNotChangeTheSizeOfTheirFile(t *testing.T) {
	s, _ := openDisk(t, t.TempDir())
	s.full = pieces * 4096
	sizes := map[int64]bool{}
	for i := range uint64(40) {
		mustAppend(t, s, i+1, strings.Repeat("x", 200)) // 9,320 bytes with their frames
		is, err := s.file.(*os.File).Stat()
		if err != nil {
			t.Fatal(err)
		}
		sizes[is.Size()] = true
		if is.Size() < s.end {
			t.Fatalf("the file has %d bytes, its frames %d", is.Size(), s.end)
		}
	}
	if len(sizes) != 3 {
		t.Errorf("the file had %d sizes", len(sizes))
	}
}

// TestRoomAfterAKillIsNoDamage: it is cut off and nobody is told; a closed journal has none.
func TestRoomAfterAKillIsNoDamage(t *testing.T) {
	dir := t.TempDir()
	s, _ := openDisk(t, dir)
	s.full = 64 << 10
	for i := range uint64(3) {
		mustAppend(t, s, i+1, fmt.Sprint("page ", i+1))
	}
	end := s.end
	killed := copyDir(t, dir)
	_, contents := files(t, killed)
	if room := contents[0][end:]; len(room) == 0 || len(bytes.TrimLeft(room, "\x00")) > 0 {
		t.Fatalf("behind the frames are %q", room)
	}
	var told bytes.Buffer
	again := OnDisk(killed, nil, slog.New(slog.NewTextHandler(&told, nil)))
	kept := map[uint64]string{}
	if err := again.Recover(t.Context(), func(number uint64, data []byte) error { kept[number] = string(data); return nil }); err != nil {
		t.Fatal(err)
	}
	if len(kept) != 3 || kept[3] != "page 3" || told.Len() > 0 {
		t.Errorf("kept %v, told %s", kept, told.String())
	}
	if number := mustAppend(t, again, 9, "page 4"); number != 4 {
		t.Errorf("the next page is %d", number)
	}
	for _, store := range []*DiskStore{s, again} {
		want := store.end
		if err := store.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if is, err := os.Stat(store.file.Name()); err != nil || is.Size() != want {
			t.Errorf("closed, the file has %d bytes, want %d; %v", is.Size(), want, err)
		}
	}
}

// TestPageThatIsCutOffInRoomIsForgotten: the file keeps its size, and has zeros from where the
// write was cut.
func TestPageThatIsCutOffInRoomIsForgotten(t *testing.T) {
	dir := t.TempDir()
	s, _ := openDisk(t, dir)
	s.full = 64 << 10
	mustAppend(t, s, 1, "one")
	on := s.end
	mustAppend(t, s, 2, "two, longer than a word")
	names, contents := files(t, dir)
	for cut := on; cut < s.end; cut++ {
		torn := slices.Clone(contents[0])
		clear(torn[cut:])
		if err := os.WriteFile(names[0], torn, 0o600); err != nil {
			t.Fatal(err)
		}
		again, kept := openDisk(t, copyDir(t, dir))
		if len(kept) != 1 || kept[1] != "one" {
			t.Fatalf("cut at %d: %v", cut, kept)
		}
		if number := mustAppend(t, again, 1, "next"); number != 2 {
			t.Fatalf("cut at %d: the next page is %d", cut, number)
		}
	}
}

// TestRoomThatCannotBeMadeIsNotNeeded: a full disk takes the last page that fits.
func TestRoomThatCannotBeMadeIsNotNeeded(t *testing.T) {
	dir := t.TempDir()
	s, _ := openDisk(t, dir)
	s.full = 64 << 10
	mustAppend(t, s, 1, "one")
	s.roomEnd = s.end // as if the room had been used
	file := s.file
	readOnly, err := os.Open(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	defer readOnly.Close()
	s.end++
	s.file = readOnly
	s.makeRoom()
	s.file = file
	s.end--
	if s.roomEnd != s.end+1 {
		t.Errorf("there is room to byte %d, though none could be written", s.roomEnd)
	}
	number := mustAppend(t, s, 2, "two")
	if _, kept := openDisk(t, copyDir(t, dir)); kept[number] != "two" {
		t.Errorf("kept %v", kept)
	}
}

// FuzzRecoverBehindFrames: whatever a crash left in the room of a file, the pages before it are kept
// and the next one is too.
func FuzzRecoverBehindFrames(f *testing.F) {
	dir := f.TempDir()
	s, _ := openDisk(f, dir)
	mustAppend(f, s, 1, "one")
	mustAppend(f, s, 2, "two")
	_, contents := files(f, dir)
	frames := contents[0][:s.end]
	next := appendFrame(nil, frame{kind: framePage, sequence: s.sequence + 1, synced: s.end, page: 3, content: []byte("three")})
	for _, tail := range [][]byte{nil, make([]byte, 300), next, next[:len(next)-1], append(make([]byte, 40), next...), append(slices.Clone(next[:12]), make([]byte, 60)...)} {
		f.Add(tail)
	}
	f.Fuzz(func(t *testing.T, tail []byte) {
		if len(tail) > 1<<12 {
			return
		}
		dir := t.TempDir()
		if err := os.WriteFile((&segment{ordinal: 1}).path(dir), append(slices.Clone(frames), tail...), 0o600); err != nil {
			t.Fatal(err)
		}
		again, kept, err := tryDisk(t, dir)
		if errors.Is(err, ErrDamaged) {
			if syncedBehind(tail, 0) <= int64(len(frames)) {
				t.Fatalf("damaged, though no frame says that more was on the disk: %v", err)
			}
			return
		}
		if err != nil || kept[1] != "one" || kept[2] != "two" {
			t.Fatalf("kept %v, %v", kept, err)
		}
		number := mustAppend(t, again, 1, "next")
		if _, kept := openDisk(t, copyDir(t, dir)); kept[number] != "next" || kept[2] != "two" {
			t.Fatalf("after the next page: %v", kept)
		}
	})
}
