package speech

import "time"

const (
	// longestUtterance bounds what is kept of an utterance until it is understood.
	longestUtterance = 60 * time.Second
	// maxUtterances bounds the utterances that wait for their results.
	maxUtterances = 8
)

// utterance is what somebody says or has said, with its place on the time axis.
type utterance struct {
	begun   time.Duration
	samples []int16
	over    time.Time // when it was finished; zero: it goes on
}

// forget drops what was said until a moment.
func (u *utterance) forget(until time.Duration, rate int) {
	n := min(len(u.samples), max(0, samplesIn(until-u.begun, rate)))
	u.samples = u.samples[n:]
	u.begun += durationOf(n, rate)
}

// Write implements Transcriber.
func (f *failover) Write(offset time.Duration, samples []int16) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := len(f.pending)
	if n == 0 || !f.pending[n-1].over.IsZero() {
		if n == maxUtterances { // the provider is that far behind: this one has no result
			return
		}
		f.pending = append(f.pending, &utterance{begun: offset})
		n++
		f.signal()
	}
	u := f.pending[n-1]
	samples = samples[:min(len(samples), samplesIn(longestUtterance, f.l.Rate)-len(u.samples))]
	u.samples = append(u.samples, samples...)
	if f.text != nil {
		f.text.Write(offset, samples)
	}
}

// Finish implements Transcriber.
func (f *failover) Finish() {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := len(f.pending)
	if n == 0 || !f.pending[n-1].over.IsZero() { // nothing was said
		return
	}
	f.pending[n-1].over = time.Now()
	if f.text != nil {
		f.text.Finish()
	}
	f.signal()
}

// signal wakes the goroutine: an utterance has begun or is over.
func (f *failover) signal() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

func samplesIn(d time.Duration, rate int) int { return int(d * time.Duration(rate) / time.Second) }

func durationOf(samples, rate int) time.Duration {
	return time.Duration(samples) * time.Second / time.Duration(rate)
}
