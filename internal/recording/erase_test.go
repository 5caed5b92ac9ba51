package recording

import (
	"context"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
)

// TestFileIsRemovedOnceThatIsOnTheDisk: a retry behind a sync that failed syncs again, also where the file is
// gone already; and a disk that is not mounted has not deleted anything.
func TestFileIsRemovedOnceThatIsOnTheDisk(t *testing.T) {
	dir := t.TempDir()
	if err := (folder{dir: dir}).Remove("none.wav"); err != nil {
		t.Errorf("a file that is not there: %v", err)
	}
	if err := (folder{dir: filepath.Join(dir, "gone")}).Remove("none.wav"); err == nil {
		t.Error("the folder cannot be synced, and that is a success")
	}
}

// TestHoldThatWasAcceptedKeepsTheRecording also where it is asked for while somebody is
// deleting the recording, or its time is over: the hold is refused then.
func TestHoldThatWasAcceptedKeepsTheRecording(t *testing.T) {
	for name, remove := range map[string]func(*studio, Record){
		"deleted by somebody": func(s *studio, r Record) { _ = s.Erase(s.Context(), r.ID) },
		"deleted by its time": func(s *studio, r Record) { time.Sleep(2 * time.Hour) },
		"its last document deleted": func(s *studio, r Record) {
			d, err := s.Document(s.Context(), r.Document(0))
			if err != nil {
				s.Fatal(err)
			}
			_ = d.Delete(s.Context())
		},
	} {
		t.Run(name, func(t *testing.T) {
			record(t, func(s *studio) {
				yes, asked := true, 0
				var held error
				s.Close()
				s.open(Config{Retention: time.Hour, Deleting: func(_ context.Context, r Record, _ int) error {
					asked++
					_, held = s.Keep(s.Context(), r.ID, Change{Hold: &yes})
					return nil
				}})
				r := s.ended(Options{Format: WAV})
				remove(s, r)
				synctest.Wait()
				if asked != 1 || held == nil && !s.there(r) {
					s.Fatalf("a recording whose hold was accepted is gone; asked %d times", asked)
				}
				if !fault.Is(held, fault.KindConflict) && !fault.Is(held, fault.KindNotFound) {
					s.Errorf("the hold of what is being deleted: %v", held)
				}
				if _, err := s.Keep(s.Context(), r.ID, Change{Hold: &yes}); !fault.Is(err, fault.KindNotFound) {
					s.Errorf("the hold of what is deleted: %v", err)
				}
			})
		})
	}
}

// TestRecordingThatIsHeldMeanwhileStays: a sweep that found it due looks again.
func TestRecordingThatIsHeldMeanwhileStays(t *testing.T) {
	record(t, func(s *studio) {
		s.Close()
		s.open(Config{Retention: time.Hour})
		r := s.ended(Options{Format: WAV})
		yes := true
		if _, err := s.Keep(s.Context(), r.ID, Change{Hold: &yes}); err != nil {
			s.Fatal(err)
		}
		if err := s.eraseDue(r.key()); err != nil || !s.there(r) {
			s.Errorf("%v, %v", err, s.onDisk())
		}
	})
}
