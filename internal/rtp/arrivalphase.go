package rtp

import (
	"math"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

const (
	// enoughReads is how many reads must have found a packet for Waited to know.
	enoughReads = 20
	// steady is how much the packets' moments must agree, of 1: with less they are
	// more than 2 ms off (one standard deviation), and no moment is better than another.
	steady = 0.8
)

// arrivalPhase is when packets come within a tick: it knows how long the newest packet had been there when the shard came. Its
// mean is one of angles: packets that are nearly missed have waited nothing, or a
// whole round, and are neighbours.
type arrivalPhase struct {
	newest  int64   // when the newest packet of this tick came, Unix time in ns; 0: none did
	x, y    float32 // the sum of the angles, a round being 20 ms
	counted int
}

func (w *arrivalPhase) came(at int64) { w.newest = max(w.newest, at) }

// read ends the reading of a tick, at a Unix time in ns.
func (w *arrivalPhase) read(at int64) {
	if w.newest != 0 {
		w.add(time.Duration(at - w.newest))
		w.newest = 0
	}
}

func (w *arrivalPhase) add(waited time.Duration) {
	y, x := math.Sincos(2 * math.Pi * float64(waited%audio.FrameDuration) / float64(audio.FrameDuration))
	w.x += float32(x)
	w.y += float32(y)
	w.counted++
}

// usual returns the mean, from 0 to 20 ms, less two standard deviations: less than nothing
// where some packets come after the tick that most of them come before.
func (w *arrivalPhase) usual() (time.Duration, bool) {
	length := math.Hypot(float64(w.x), float64(w.y)) / float64(max(w.counted, 1))
	if w.counted < enoughReads || length < steady {
		return 0, false
	}
	deviation := math.Sqrt(-2 * math.Log(min(length, 1))) // Mardia and Jupp, Directional Statistics, §2.3
	mean := math.Atan2(float64(w.y), float64(w.x))
	if mean < 0 {
		mean += 2 * math.Pi
	}
	return time.Duration((mean - 2*deviation) / (2 * math.Pi) * float64(audio.FrameDuration)), true
}

// Waited returns how long the newest packet had been there when it was read, of
// nearly all since it was last asked, within a round of 20 ms and less than nothing where
// some come too late; false if there were too few, or each came at another moment. It
// belongs to the shard; a mix chooses by it when to read.
func (s *Session) Waited() (time.Duration, bool) {
	waited, known := s.arrivals.usual()
	s.arrivals = arrivalPhase{}
	return waited, known
}
