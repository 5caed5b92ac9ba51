package recording

import (
	"time"
)

// Stats are how much there is to do.
type Stats struct {
	Active  int           // recordings that go on
	Waiting int64         // bytes that wait for the disk
	Lag     time.Duration // how long the first of them have waited
	Stored  int64         // bytes of all recordings on disk, as of a minute ago

	Composed time.Duration // how much of pictures was composed since the start
}

// Stats returns the present ones.
func (l *Library) Stats() Stats {
	going := l.list()
	s := Stats{Active: len(going), Waiting: l.waiting.Load(), Stored: l.stored.Load(), Composed: time.Duration(l.composed.Load()) * time.Millisecond}
	for now := time.Now(); len(going) > 0; going = going[1:] {
		s.Lag = max(s.Lag, going[0].lag(now))
	}
	return s
}
