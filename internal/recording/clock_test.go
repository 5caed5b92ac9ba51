package recording

import (
	"testing"
	"time"
)

// TestClockThatIsSetChangesNothing: the clock of the machine is set forward or back by
// an hour after the start; pauses, chunks and the end are where they were heard.
func TestClockThatIsSetChangesNothing(t *testing.T) {
	for name, ahead := range map[string]time.Duration{"set back": time.Hour, "set forward": -time.Hour} {
		t.Run(name, func(t *testing.T) {
			record(t, func(s *studio) {
				s.Close()
				s.open(Config{Chunk: 2 * time.Second})
				s.wall = func() time.Time { return time.Now().Round(0).Add(ahead) } // before it was set
				began := s.wall()
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

// TestPauseThatEndsWithTheRecording lasts until then, whatever the clock was set to.
func TestPauseThatEndsWithTheRecording(t *testing.T) {
	record(t, func(s *studio) {
		s.wall = func() time.Time { return time.Now().Round(0).Add(time.Hour) }
		r := s.start(Options{Channels: Mixed})
		s.ticks(50, 16000, 1000)
		r.Pause()
		s.ticks(50, 16000, 1000)
		if record := s.stop(r, CallEnded); record.Pauses[0].DurationMs < 980 || record.Pauses[0].DurationMs > 1020 {
			t.Errorf("%+v", record.Pauses)
		}
	})
}
