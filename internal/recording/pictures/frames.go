package pictures

import (
	"errors"
	"io"
	"time"
)

// Frame is a whole picture, as a decoder takes it.
type Frame struct {
	At   time.Duration // when it is to be seen
	Key  bool
	Data []byte // VP8, or H.264 with start codes (ITU-T H.264 annex B)
}

// Frames makes the pictures of a run of its packets. Where packets are missing, pictures
// go on at the next key frame.
type Frames struct {
	span  *Span
	in    *Reader
	clock unwrapper
	sort  sorter
	make  assembler
	last  time.Duration
	ready []Frame
	ended bool
}

// NewFrames reads a run.
func NewFrames(file io.ReaderAt, span *Span) *Frames {
	f := &Frames{span: span, in: NewReader(file, span.From, span.To), last: -time.Millisecond}
	f.clock = unwrapper{last: span.begins, any: true}
	f.make = assembler{h264: span.H264, waits: true}
	return f
}

// Next returns the next picture; io.EOF is the end. Times grow.
func (f *Frames) Next() (Frame, error) {
	for len(f.ready) == 0 {
		if f.ended {
			return Frame{}, io.EOF
		}
		entry, err := f.in.Next()
		switch {
		case errors.Is(err, io.EOF):
			f.ended = true
			f.sort.end(f.take)
			continue
		case err != nil:
			return Frame{}, err
		}
		if p, ok := entry.(*Packet); ok && p.Run == f.span.Number {
			f.sort.put(p, f.take)
		}
	}
	next := f.ready[0]
	f.ready = f.ready[1:]
	return next, nil
}

// take takes a packet in its order. gap: some before it are missing.
func (f *Frames) take(p Packet, gap bool) { f.make.take(p, gap, f.done) }

// done takes a picture whose first packet came at some time. It is seen when what was
// said then is heard.
func (f *Frames) done(timestamp uint32, arrived, sound time.Duration, key bool, data []byte) {
	at := f.span.taken(f.clock.time(timestamp), arrived) + sound
	f.last = max(at, f.last+time.Millisecond)
	f.ready = append(f.ready, Frame{At: f.last, Key: key, Data: data})
}
