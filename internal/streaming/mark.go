package streaming

import (
	"slices"
	"sync/atomic"
)

// The statuses with which a mark comes back, as ACS's previews name them.
const (
	markCompleted = "Completed" // what was sent before it has been played
	markCancelled = "Cancelled" // StopAudio came before
)

// maxMarks bounds the marks that wait on one stream.
const maxMarks = 1000

// mark is a place in what the application says. It comes back when the audio before
// it has left the mixer.
type mark struct {
	id     string
	at     uint64 // the position in the playout
	status string // "" while it waits
}

// mark sets a mark behind what was sent so far. Only an application that sends
// marks receives any: the parsers of official SDKs know no such kind.
func (r *receiver) mark(id string) {
	if id == "" {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.marks) < maxMarks {
		r.marks = append(r.marks, mark{id: id, at: r.playout.written.Load()})
	}
}

// settle returns the marks that come back now, in order, and gives back the budget
// of what has been played. At the stream's end nothing is owed any more.
func (s *Stream) settle(end bool) (due []mark) {
	waiting := 2 * s.playout.waiting()
	if end {
		waiting = 0
	}
	s.charge(waiting)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.marks) == 0 {
		return nil
	}
	played := s.playout.played.Load()
	n := slices.IndexFunc(s.marks, func(m mark) bool { return m.status == "" && m.at > played })
	if n < 0 {
		n = len(s.marks)
	}
	due = slices.Clone(s.marks[:n])
	s.marks = slices.Delete(s.marks, 0, n)
	for i := range due {
		if due[i].status == "" {
			due[i].status = markCompleted
		}
	}
	return due
}

// Budget bounds, in bytes, what waits to be played on all streams together.
type Budget struct {
	max  int64
	used atomic.Int64
}

// NewBudget returns a budget of so many bytes.
func NewBudget(bytes int64) *Budget { return &Budget{max: bytes} }

// Used returns how many bytes wait.
func (b *Budget) Used() int64 {
	if b == nil {
		return 0
	}
	return b.used.Load()
}

// charge makes the stream's part of the budget so many bytes; false, and nothing
// changes, if it would grow beyond what is left.
func (s *Stream) charge(bytes uint64) bool {
	b := s.dialer.Budget
	if b == nil {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	grows := int64(bytes) - int64(s.charged)
	if used := b.used.Add(grows); grows > 0 && used > b.max {
		b.used.Add(-grows)
		return false
	}
	s.charged = bytes
	return true
}
