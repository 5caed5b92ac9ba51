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
				ahead.Store(int64(test.forward))
				time.Sleep(30 * time.Minute)
				if !s.there(r) {
					t.Error("it is gone after half an hour")
				}
				if test.right {
					ahead.Store(0)
				}
				time.Sleep(90 * time.Minute)
				if s.there(r) != test.kept {
					t.Errorf("after two hours it is there: %t", !test.kept)
				}
			})
		})
	}
}

// reopen opens the library as a process does that begins later, with another clock.
func (s *studio) reopen(ahead time.Duration) {
	s.Close()
	s.open(Config{Retention: 24 * time.Hour, Clock: func() time.Time { return time.Now().Round(0).Add(ahead) }})
	if _, err := s.Recover(s.Context()); err != nil {
		s.Fatal(err)
	}
}

// TestClockThatWasSetForwardBeforeTheStart: an operator has an hour to set it right. After
// a start without a pause, nothing is in doubt.
func TestClockThatWasSetForwardBeforeTheStart(t *testing.T) {
	record(t, func(s *studio) {
		s.reopen(0)
		first := s.ended(Options{})
		s.reopen(48 * time.Hour)
		time.Sleep(45 * time.Minute)
		if !s.there(first) {
			t.Error("it is gone after 45 minutes")
		}
		time.Sleep(time.Hour)
		if s.there(first) {
			t.Error("it is there after two hours")
		}
		second := s.ended(Options{})
		time.Sleep(24*time.Hour - 2*time.Minute)
		s.reopen(48 * time.Hour)
		time.Sleep(5 * time.Minute)
		if s.there(second) {
			t.Error("after a start it is not deleted when its time is over")
		}
	})
}

// TestDoubtOfTheClockOutlivesAStart: it is not forgotten by a server that is started again,
// as after the error in its log.
func TestDoubtOfTheClockOutlivesAStart(t *testing.T) {
	record(t, func(s *studio) {
		s.reopen(0)
		first := s.ended(Options{})
		for range 2 {
			s.reopen(48 * time.Hour)
			time.Sleep(10 * time.Minute)
			if !s.there(first) {
				t.Fatal("it was deleted after the clock had been set forward")
			}
		}
	})
}

// TestClockThatWasWrongWhenARecordingEnded: a year ahead. The recording is kept for its
// time, by the time that the server has run, and no longer; a held one stays.
func TestClockThatWasWrongWhenARecordingEnded(t *testing.T) {
	record(t, func(s *studio) {
		s.reopen(365 * 24 * time.Hour)
		free, held := s.ended(Options{}), s.ended(Options{})
		yes, no := true, false
		if _, err := s.Keep(s.Context(), held.ID, Change{Hold: &yes}); err != nil {
			t.Fatal(err)
		}
		s.reopen(0)
		time.Sleep(23 * time.Hour)
		if !s.there(free) || !s.there(held) {
			t.Error("they are gone after 23 hours")
		}
		time.Sleep(2 * time.Hour)
		if s.there(free) || !s.there(held) {
			t.Errorf("after 25 hours it is there: %t, and what is held: %t", s.there(free), s.there(held))
		}
		if _, err := s.Keep(s.Context(), held.ID, Change{Hold: &no}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(25 * time.Hour)
		if s.there(held) {
			t.Error("what was held is there a day after its release")
		}
	})
}
