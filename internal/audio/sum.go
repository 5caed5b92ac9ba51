package audio

import (
	"math"
	"slices"
	"sync/atomic"
)

// Sum is a summing bus: a Source that says what any number of sources say
// together, clipped. It has one reader; sources come and go from any goroutine
// without a lock. The zero Sum is silent.
type Sum struct {
	sources atomic.Pointer[[]*summand]
	next    atomic.Pointer[[wideFrame]int16] // what one of several says; nil until there have been two
}

type summand struct {
	source Source
	ended  <-chan struct{} // nil, or closed when the source has nothing more to say
}

// Add makes a source heard from the next frame on. Remove ends that, but the
// reader may be about to finish a frame of the source still. A source that has a
// method Done, as a prompt does, is forgotten by itself after its end.
func (s *Sum) Add(source Source) (remove func()) {
	added := &summand{source: source}
	if ending, ok := source.(interface{ Done() <-chan struct{} }); ok {
		added.ended = ending.Done()
	}
	s.change(func(list []*summand) []*summand { return append(list, added) })
	return func() {
		s.change(func(list []*summand) []*summand {
			return slices.DeleteFunc(list, func(x *summand) bool { return x == added })
		})
	}
}

// change puts a list in place that was made from a copy of the present one.
func (s *Sum) change(change func([]*summand) []*summand) {
	for {
		old := s.sources.Load()
		var list []*summand
		if old != nil {
			list = slices.DeleteFunc(slices.Clone(*old), (*summand).over)
		}
		list = change(list)
		if len(list) > 1 && s.next.Load() == nil {
			s.next.CompareAndSwap(nil, new([wideFrame]int16))
		}
		if s.sources.CompareAndSwap(old, &list) {
			return
		}
	}
}

func (x *summand) over() bool {
	select {
	case <-x.ended:
		return true
	default:
		return false
	}
}

// ReadFrame implements Source. The frame is one of 8 or 16 kHz.
func (s *Sum) ReadFrame(f Frame) bool {
	list := s.sources.Load()
	if list == nil {
		return false
	}
	heard, next := false, s.next.Load() // which is there before the second source is
	for _, x := range *list {
		switch {
		case !heard:
			heard = x.source.ReadFrame(f)
		case x.source.ReadFrame(next[:len(f)]):
			Add(f, f, next[:len(f)])
		}
	}
	return heard
}

// Together returns two frames, each nil for silence, as one sounds with the other: one of
// them as it is, or their sum in room. Of frames of different sizes the first one stays.
func Together(room, a, b Frame) Frame {
	switch {
	case b == nil:
		return a
	case a == nil:
		return b
	case len(a) != len(b):
		return a
	}
	room = room[:len(a)]
	Add(room, a, b)
	return room
}

// Energy is the sum of the squares of a frame's samples.
func Energy(f Frame) (sum int64) {
	for _, s := range f {
		sum += int64(s) * int64(s)
	}
	return sum
}

// Add writes the sum of two frames of one length, clipped, into a third, which may be one of
// them.
func Add(sum, a, b Frame) {
	sum, b = sum[:len(a)], b[:len(a)]
	for i, sample := range a {
		sum[i] = int16(min(max(int(sample)+int(b[i]), math.MinInt16), math.MaxInt16))
	}
}
