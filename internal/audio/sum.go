package audio

import (
	"slices"
	"sync/atomic"
)

// Sum is a summing bus: a Source that says what any number of sources say
// together, limited. It has one reader; sources come and go from any goroutine
// without a lock. The zero Sum is silent.
type Sum struct {
	sources atomic.Pointer[[]*summand]
	several atomic.Pointer[several] // nil until there have been two
}

// several is what the reader needs for more than one source.
type several struct {
	limit Limiter
	next  [wideFrame]int16 // what one of them says
	total [wideFrame]int32
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
		if len(list) > 1 && s.several.Load() == nil {
			s.several.CompareAndSwap(nil, new(several))
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
	heard, more := 0, s.several.Load() // which is there before the second source is
	for _, x := range *list {
		switch {
		case heard == 0:
			if x.source.ReadFrame(f) {
				heard++
			}
		case x.source.ReadFrame(more.next[:len(f)]):
			more.add(f, heard == 1)
			heard++
		}
	}
	if more != nil {
		more.limited(f, heard)
	}
	return heard > 0
}

// add adds what was read last; at the second source, to what the first one says.
func (m *several) add(first Frame, second bool) {
	total, next := m.total[:len(first)], m.next[:len(first)]
	if second {
		for i, s := range first {
			total[i] = int32(s) + int32(next[i])
		}
		return
	}
	for i, s := range next {
		total[i] += int32(s)
	}
}

// limited makes a frame of what some sources have said; f is what the first of them did.
func (m *several) limited(f Frame, sources int) {
	switch sources {
	case 0:
		m.limit.Silence()
	case 1:
		m.limit.Voice(f, f)
	default:
		m.limit.Sum(f, m.total[:len(f)])
	}
}

// Energy is the sum of the squares of a frame's samples.
func Energy(f Frame) (sum int64) {
	for _, s := range f {
		sum += int64(s) * int64(s)
	}
	return sum
}
