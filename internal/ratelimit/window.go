package permit

import "time"

// slots is how finely a window tells time.
const slots = 60

// window counts what happened in the last while, in slots. It errs to the safe
// side: in no span as long as the window does more happen than was allowed.
type window struct {
	counts [slots + 1]uint32
	at     int64 // the slot of the last look
	sum    int
}

// roll forgets what is older than length.
func (w *window) roll(now time.Time, length time.Duration) {
	slot := now.UnixNano() / int64(length/slots)
	if slot-w.at > slots || slot < w.at-slots { // long ago, or the clock was set back
		*w = window{at: slot}
		return
	}
	for w.at < slot {
		w.at++
		oldest := &w.counts[w.at%(slots+1)]
		w.sum -= int(*oldest)
		*oldest = 0
	}
}

// take counts one more where fewer than most are in the window.
func (w *window) take(now time.Time, most int, length time.Duration) bool {
	w.roll(now, length)
	if w.sum >= most {
		return false
	}
	w.counts[w.at%(slots+1)]++
	w.sum++
	return true
}

// wait is how long it takes until the oldest leaves the window.
func (w *window) wait(now time.Time, length time.Duration) time.Duration {
	w.roll(now, length)
	for ago := int64(slots); ago >= 0; ago-- {
		if slot := w.at - ago; slot >= 0 && w.counts[slot%(slots+1)] > 0 {
			return time.Duration(slots+1-ago) * (length / slots)
		}
	}
	return 0
}

// idle reports whether nothing is in the window.
func (w *window) idle(now time.Time, length time.Duration) bool {
	w.roll(now, length)
	return w.sum == 0
}
