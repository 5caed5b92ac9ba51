package ratelimit

import "time"

// slots is how finely a window tells time.
const slots = 60

// Window is a sliding-window counter: in no span of its length do more happen
// than were allowed. It counts in slots and errs to the safe side. All may come
// at once, unlike with a Bucket. Its owner guards it.
type Window struct {
	length time.Duration
	counts [slots + 1]uint32
	at     int64 // the slot of the last look
	sum    int
}

// NewWindow makes a window that has counted nothing. Its length is at least 60 ns.
func NewWindow(length time.Duration) Window { return Window{length: length} }

// roll forgets what is older than the window is long.
func (w *Window) roll(now time.Time) {
	slot := now.UnixNano() / int64(w.length/slots)
	if slot-w.at > slots || slot < w.at-slots { // long ago, or the clock was set back
		*w = Window{length: w.length, at: slot}
		return
	}
	for w.at < slot {
		w.at++
		oldest := &w.counts[w.at%(slots+1)]
		w.sum -= int(*oldest)
		*oldest = 0
	}
}

// Allow counts one more where fewer than most are in the window.
func (w *Window) Allow(now time.Time, most int) bool {
	w.roll(now)
	if w.sum >= most {
		return false
	}
	w.counts[w.at%(slots+1)]++
	w.sum++
	return true
}

// Wait is how long it takes until the oldest leaves the window.
func (w *Window) Wait(now time.Time) time.Duration {
	w.roll(now)
	for ago := int64(slots); ago >= 0; ago-- {
		if slot := w.at - ago; slot >= 0 && w.counts[slot%(slots+1)] > 0 {
			return time.Duration(slots+1-ago) * (w.length / slots)
		}
	}
	return 0
}

// Empty reports whether nothing is in the window.
func (w *Window) Empty(now time.Time) bool {
	w.roll(now)
	return w.sum == 0
}
