package streaming

import (
	"slices"

	"github.com/switchhook/switchhook/internal/audio"
)

// queuedFrames is how much audio may wait for the connection: 0.5 s. When it is
// full the oldest frame is dropped, so that a slow reader hears the present.
const queuedFrames = 25

// ear hears one leg of a participant, at the mixer's shard, for the stream.
type ear struct {
	*audio.Queue
	pending audio.Heard // the oldest frame, until its tick has come
	have    bool
}

func newEar() *ear { return &ear{Queue: audio.NewQueue(queuedFrames, 1)} }

// has reports whether the frame of a tick, or of a later one, is there.
func (e *ear) has(at audio.Tick) bool {
	for !e.have || e.pending.At < at {
		next, ok := e.Next()
		if !ok {
			return e.Ended()
		}
		e.pending, e.have = next, true
	}
	return true
}

// take returns the frame of a tick, nil for silence. It is valid until the next
// tick is asked for.
func (e *ear) take(at audio.Tick) audio.Frame {
	if !e.has(at) || !e.have || e.pending.At != at {
		return nil
	}
	e.have = false
	return e.pending.Frame
}

// speaker is a participant as an unmixed stream hears them.
type speaker struct {
	who   string // raw id
	ears  []*ear // one for each of their legs
	voice pcmWriter
	heard audio.Frame // at the present tick
	level float64     // mean energy of the last second or so, of samples squared
	total audio.Total
}

// hear returns what the participant says at a tick, nil for silence, and follows
// how loud they are.
func (s *speaker) hear(at audio.Tick) audio.Frame {
	s.ears = slices.DeleteFunc(s.ears, func(e *ear) bool { return e.Ended() && !e.have })
	for _, e := range s.ears {
		s.total.Add(e.take(at))
	}
	heard := s.total.Take()
	s.level += (energy(heard) - s.level) / audio.FramesPerSecond
	return heard
}

// energy is the mean square of a frame.
func energy(f audio.Frame) float64 {
	if len(f) == 0 {
		return 0
	}
	return float64(audio.Energy(f)) / float64(len(f))
}

// maxSpeakers is how many participants an unmixed stream carries: the most
// dominant ones ("Audio streaming", unmixed).
const maxSpeakers = 4

// dominant chooses whom an unmixed stream carries: everybody if there are no more
// than four, else those four who stay until somebody else is twice as loud.
type dominant struct{ chosen []*speaker }

func (d *dominant) choose(all []*speaker) []*speaker {
	if len(all) <= maxSpeakers {
		d.chosen = append(d.chosen[:0], all...)
		return all
	}
	d.chosen = slices.DeleteFunc(d.chosen, func(s *speaker) bool { return !slices.Contains(all, s) })
	for _, s := range all {
		switch {
		case slices.Contains(d.chosen, s):
		case len(d.chosen) < maxSpeakers:
			d.chosen = append(d.chosen, s)
		default:
			if quietest := d.quietest(); s.level > 2*d.chosen[quietest].level {
				d.chosen[quietest] = s
			}
		}
	}
	return d.chosen
}

func (d *dominant) quietest() (at int) {
	for i, s := range d.chosen {
		if s.level < d.chosen[at].level {
			at = i
		}
	}
	return at
}
