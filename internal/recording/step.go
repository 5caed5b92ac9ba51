package recording

import "time"

// step is what the writer is to do next: one of its members.
type step struct {
	bytes    []byte
	pictures pendingPictures
	change   func(*Record)
	chunk    int           // begin another file, of so many channels
	began    time.Time     // that file's sound
	end      bool          // finish
	kept     chan struct{} // closed once it is done; nil: nobody waits
	at       time.Time
}

// done tells who waits for a step.
func (s step) done() {
	if s.kept != nil {
		close(s.kept)
	}
}

// give queues a step for the writer. It reports whether the writer has not finished.
func (r *Recording) give(s step) bool {
	s.at = time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.over {
		return false
	}
	r.lib.waiting.Add(int64(len(s.bytes) + len(s.pictures.bytes)))
	r.steps = append(r.steps, s)
	return true
}

// finished tells those who wait for steps that came too late.
func (r *Recording) finished(left []step) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.over = true
	for _, s := range append(left, r.steps...) {
		s.done()
	}
	r.steps = nil
}

// lag is how long what is to be written has waited.
func (r *Recording) lag(now time.Time) time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case !r.since.IsZero():
		return now.Sub(r.since)
	case len(r.steps) > 0:
		return now.Sub(r.steps[0].at)
	}
	return 0
}
