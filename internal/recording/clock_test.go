package recording

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// TestClockThatIsSetChangesNothing: the clock of the machine is set forward or back by
// an hour after the start; pauses, chunks and the end are where they were heard.
func TestClockThatIsSetChangesNothing(t *testing.T) {
	for name, ahead := range map[string]time.Duration{"set back": time.Hour, "set forward": -time.Hour} {
		t.Run(name, func(t *testing.T) {
			record(t, func(s *studio) {
				s.Close()
				s.open(Config{Chunk: 2 * time.Second, Clock: func() time.Time { return time.Now().Round(0).Add(ahead) }}) // before it was set
				began := s.cfg.Clock()
				r := s.start(Options{Channels: Mixed})
				s.ticks(150, 16000, 1000)
				r.Pause()
				s.ticks(50, 16000, 1000)
				r.Resume()
				s.ticks(100, 16000, 1000)
				record := s.stop(r, CallEnded)
				after := func(what string, at time.Time, want time.Duration) {
					t.Helper()
					if got := at.Sub(began); got < want || got > want+500*time.Millisecond {
						t.Errorf("%s is %v after the start, want %v", what, got, want)
					}
				}
				after("the recording", record.Began, 0)
				after("the pause", record.Pauses[0].Start, 3*time.Second)
				after("the second chunk", record.Chunks[1].Began, 2*time.Second)
				after("the third chunk", record.Chunks[2].Began, 5*time.Second)
				after("its end", record.Ended, 6*time.Second)
				if d := record.Pauses[0].DurationMs; d != 1000 || record.Duration() != 5*time.Second {
					t.Errorf("a pause of %d ms in %v of sound", d, record.Duration())
				}
			})
		})
	}
}

// TestPauseThatEndsWithTheRecording lasts until its last tick, whatever the clock was set
// to and however late the end is seen.
func TestPauseThatEndsWithTheRecording(t *testing.T) {
	record(t, func(s *studio) {
		s.Close()
		s.open(Config{Clock: func() time.Time { return time.Now().Round(0).Add(time.Hour) }})
		r := s.start(Options{Channels: Mixed})
		s.ticks(50, 16000, 1000)
		r.Pause()
		s.ticks(50, 16000, 1000)
		r.Stop(CallEnded)
		time.Sleep(audio.FrameDuration) // the listener has looked, and looks again after a while
		if record := s.stop(r, CallEnded); record.Pauses[0].DurationMs != 1000 {
			t.Errorf("%+v", record.Pauses)
		}
	})
}

// TestClockThatIsSetForwardDeletesNothingAtOnce: an operator has an hour to set it right.
func TestClockThatIsSetForwardDeletesNothingAtOnce(t *testing.T) {
	for _, test := range []struct {
		name    string
		forward time.Duration
		right   bool // it is set right after half an hour
		kept    bool // after two hours
	}{{"set right", 48 * time.Hour, true, true}, {"left as it is", 48 * time.Hour, false, false}, {"set back", -48 * time.Hour, false, true}} {
		t.Run(test.name, func(t *testing.T) {
			record(t, func(s *studio) {
				var ahead atomic.Int64
				s.Close()
				s.open(Config{Retention: 24 * time.Hour, Clock: func() time.Time { return time.Now().Round(0).Add(time.Duration(ahead.Load())) }})
				r := s.ended(Options{Format: WAV})
				there := func() bool {
					_, err := s.Document(s.Context(), r.Document(0))
					return err == nil && len(s.onDisk()) == 1
				}
				ahead.Store(int64(test.forward))
				time.Sleep(30 * time.Minute)
				if !there() {
					t.Error("it is gone after half an hour")
				}
				if test.right {
					ahead.Store(0)
				}
				time.Sleep(90 * time.Minute)
				if there() != test.kept {
					t.Errorf("after two hours it is there: %t", !test.kept)
				}
			})
		})
	}
}
