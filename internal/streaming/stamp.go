package streaming

import (
	"sync"
	"time"
)

// stamps tells the times of a stream's messages. They follow the clock of the machine, but
// never go back: where that is set back, they go on from where they were. The zero stamps
// are ready.
type stamps struct {
	mu    sync.Mutex // held around memory
	began time.Time  // with its monotonic part
	clock time.Time  // the newest reading, without it
	read  time.Duration
	last  time.Time // of a frame
}

// now returns the present time.
func (s *stamps) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.present(time.Now())
}

// next returns the present time for the frames of a tick: each time another one, by a
// millisecond at least, which is as exact as messages tell it.
func (s *stamps) next() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.after(s.present(time.Now()))
}

func (s *stamps) after(now time.Time) time.Time {
	if least := s.last.Add(time.Millisecond); now.Before(least) {
		now = least
	}
	s.last = now
	return now
}

func (s *stamps) present(now time.Time) time.Time {
	if s.began.IsZero() {
		s.began = now
	}
	return s.follow(now.Round(0), now.Sub(s.began))
}

// follow takes a reading of the clock, and how much time has passed since the first one.
func (s *stamps) follow(clock time.Time, since time.Duration) time.Time {
	if on := s.clock.Add(since - s.read); clock.Before(on) {
		clock = on
	}
	s.clock, s.read = clock, since
	return clock
}
