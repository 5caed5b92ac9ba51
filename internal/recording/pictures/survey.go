package pictures

import (
	"errors"
	"io"
	"slices"
	"time"
)

// Bounds of what is held of a file in memory: more runs are not seen, and more scenes do
// not change what is seen.
const (
	maxSpans  = 100_000
	maxScenes = 50_000
)

// Survey is what a file holds, without its packets.
type Survey struct {
	Scenes []Scene
	Spans  []*Span // in the order of their beginnings
}

// Span is where the packets of a run are, and when they came.
type Span struct {
	Run
	From, To    int64 // offsets in the file
	First, Last time.Duration
	delays      []time.Duration // the shortest between a timestamp and its arrival, by delayPeriod
	begins      uint32          // timestamp of the first packet
	clock       unwrapper
}

// delayPeriod is how long a sender's clock is taken for exact: 100 ppm are 1 ms of it.
const delayPeriod = 10 * time.Second

// unknown is the delay of a period in which nothing came.
const unknown = time.Duration(1<<63 - 1)

// SurveyOf reads a file once.
func SurveyOf(file io.ReaderAt, size int64) (*Survey, error) {
	found := &Survey{}
	runs := make(map[int]*Span)
	for r := NewReader(file, 0, size); ; {
		at := r.Offset()
		entry, err := r.Next()
		switch e := entry.(type) {
		case Scene:
			if len(found.Scenes) < maxScenes {
				found.Scenes = append(found.Scenes, e)
			}
		case Run:
			if len(runs) < maxSpans {
				runs[e.Number] = &Span{Run: e, From: at}
			}
		case *Packet:
			if s := runs[e.Run]; s != nil {
				s.note(e, r.Offset())
			}
		}
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
	}
	for _, s := range runs {
		if s.To > 0 { // it has packets
			s.settle()
			found.Spans = append(found.Spans, s)
		}
	}
	slices.SortFunc(found.Spans, func(a, b *Span) int { return a.Number - b.Number })
	return found, nil
}

// note notes a packet that ends at an offset.
func (s *Span) note(p *Packet, end int64) {
	if s.To == 0 {
		s.First, s.Last, s.begins = p.At, p.At, p.Timestamp
	}
	s.To, s.Last = end, max(s.Last, p.At)
	period := int((p.At - s.First) / delayPeriod)
	for len(s.delays) <= period {
		s.delays = append(s.delays, unknown)
	}
	if period >= 0 {
		s.delays[period] = min(s.delays[period], p.At-s.clock.time(p.Timestamp))
	}
}

// settle gives the periods in which nothing came the delay before them.
func (s *Span) settle() {
	for i, d := range s.delays {
		if d == unknown && i > 0 {
			s.delays[i] = s.delays[i-1]
		}
	}
}

// mostEarly is how much earlier than its arrival a picture may have been taken: senders
// whose clocks jump are not followed further.
const mostEarly = 500 * time.Millisecond

// taken is when the picture of a timestamp was taken, as far as its arrival tells: a
// sender's fastest packets tell the difference of the clocks, others came later.
func (s *Span) taken(timestamp, arrived time.Duration) time.Duration {
	at := arrived - s.First - delayPeriod/2
	before := min(max(int(at/delayPeriod), 0), len(s.delays)-1)
	after := min(before+1, len(s.delays)-1)
	share := min(max(float64(at-time.Duration(before)*delayPeriod)/float64(delayPeriod), 0), 1)
	delay := s.delays[before] + time.Duration(share*float64(s.delays[after]-s.delays[before]))
	return min(max(timestamp+delay, arrived-mostEarly), arrived)
}

// unwrapper makes times without wrap-around of the timestamps of RTP.
type unwrapper struct {
	last  uint32
	whole int64
	any   bool
}

func (u *unwrapper) time(timestamp uint32) time.Duration {
	if u.any {
		u.whole += int64(int32(timestamp - u.last))
	}
	u.last, u.any = timestamp, true
	return time.Duration(u.whole) * time.Second / 90_000
}
