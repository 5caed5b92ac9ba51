package recording

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// strays lists what was put aside.
func (s *studio) strays() (names []string) {
	entries, _ := os.ReadDir(filepath.Join(s.dir, strayFolder))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// TestFileWhoseRecordIsMissingIsPutAside, and is deleted after the time that recordings are
// kept: its record may have been damaged.
func TestFileWhoseRecordIsMissingIsPutAside(t *testing.T) {
	record(t, func(s *studio) {
		s.reopen(0)
		lost := s.ended(Options{})
		whole, err := os.ReadFile(filepath.Join(s.dir, lost.fileName(0)))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.records.Delete(s.Context(), lost.key()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Hour)
		s.reopen(0)
		kept := filepath.Join(s.dir, strayFolder, lost.fileName(0))
		if text, err := os.ReadFile(kept); err != nil || !bytes.Equal(text, whole) || slices.Contains(s.onDisk(), lost.fileName(0)) {
			t.Fatalf("%d bytes are put aside, %v; there are %v", len(text), err, s.onDisk())
		}
		time.Sleep(23 * time.Hour)
		if got := s.strays(); len(got) != 1 {
			t.Errorf("after 23 hours: %v", got)
		}
		time.Sleep(2 * time.Hour)
		if got := s.strays(); len(got) != 0 {
			t.Errorf("after 25 hours: %v", got)
		}
	})
}

// TestChunkWhoseFileWasNotMadeIsLeftOut: the record tells of it before it is there.
func TestChunkWhoseFileWasNotMadeIsLeftOut(t *testing.T) {
	record(t, func(s *studio) {
		r := s.start(Options{Channels: Mixed})
		s.ticks(100, 16000, 1000)
		s.Close() // with nothing told: as a kill
		again := r.writer.record
		again.Chunks[0].EndReason = ChunkSizeExceeded
		again.Chunks = append(again.Chunks, newChunk(time.Now(), 1))
		s.open(Config{})
		if err := s.records.Put(s.Context(), again.key(), again); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Recover(s.Context()); err != nil {
			t.Fatal(err)
		}
		s.Finish(s.Context())
		got, err := s.Find(s.Context(), r.ID())
		if err != nil || len(got.Chunks) != 1 || got.Chunks[0].EndReason != SessionEnded || got.Duration() < time.Second || got.State != Announced {
			t.Errorf("%+v, %v", got, err)
		}
	})
}
