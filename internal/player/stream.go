package player

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/loudness"
)

// How much of a stream waits to be played: bufferFor at most, and enough to begin,
// or to go on after a gap.
const (
	bufferFor = 1500 * time.Millisecond
	enough    = 200 * time.Millisecond
	refill    = bufferFor / 5 // how often a full buffer is looked after
	blockSize = 1024          // samples decoded at a time
)

// stream is a prompt that is decoded while it plays: a ring of samples between the
// goroutine that decodes and the one that reads. It is decoded at the rate of its
// first frame. If the call becomes wideband meanwhile, the reader converts what is
// left, so that nothing is decoded twice.
type stream struct {
	rate    atomic.Int64 // Hz; set before the first sample
	ring    []int16
	written atomic.Int64 // samples so far
	read    atomic.Int64
	ended   atomic.Bool // nothing follows what is written
	err     error       // why, set before ended; nil: the file is over

	// The reader's own.
	flowing bool // there was enough to begin
	bridge  audio.Bridge
	narrow  [narrowband / audio.FramesPerSecond]int16
}

// state is what a reader finds where it could not fill a frame.
type state int

const (
	filled  state = iota // it could
	waiting              // what follows is not there yet
	over                 // nothing follows
)

var errOver = errors.New("the playback is over")

// decode reads a source to its end, at the pace at which it is played. level, if not
// nil, brings it to one loudness.
func (s *stream) decode(ctx context.Context, src *source, rate int, level *loudness.Leveller, stopped func() bool) error {
	resampler, err := audio.NewAlignedResampler(src.file.Rate(), rate)
	if err != nil {
		return src.explained(err)
	}
	s.ring = make([]int16, int(bufferFor.Seconds()*float64(rate)))
	s.rate.Store(int64(rate))
	in := make([]int16, blockSize)
	var out, levelled []int16
	for {
		n, err := src.read(in)
		switch {
		case err == io.EOF:
			out = resampler.Flush(out[:0])
		case err != nil:
			return err
		default:
			out = resampler.Append(out[:0], in[:n])
		}
		if level != nil {
			levelled = level.Append(levelled[:0], out)
			if err == io.EOF {
				levelled = level.Flush(levelled)
			}
			out, levelled = levelled, out
		}
		if put := s.put(ctx, out, stopped); put != nil {
			return put
		}
		if err == io.EOF {
			if s.written.Load() == 0 {
				return src.explained(errNoSamples)
			}
			return nil
		}
	}
}

// put adds samples and waits while there is no room for them.
func (s *stream) put(ctx context.Context, samples []int16, stopped func() bool) error {
	for len(samples) > 0 {
		at := s.written.Load()
		room := int64(len(s.ring)) - (at - s.read.Load())
		if room == 0 {
			if err := sleep(ctx, refill); err != nil {
				return err
			}
			if stopped() {
				return errOver
			}
			continue
		}
		start := int(at % int64(len(s.ring)))
		n := copy(s.ring[start:min(len(s.ring), start+int(room))], samples)
		s.written.Store(at + int64(n))
		samples = samples[n:]
	}
	return nil
}

// end says that nothing follows.
func (s *stream) end(err error) {
	s.err = err
	s.ended.Store(true)
}

// fill writes what comes next, at the frame's rate, into what is left of a frame.
func (s *stream) fill(rest, frame audio.Frame) (int, state) {
	ended := s.ended.Load() // before the samples are counted
	rate := int(s.rate.Load())
	there := s.written.Load() - s.read.Load()
	if !ended && (rate == 0 || !s.flowing && there < int64(enough.Seconds()*float64(rate))) {
		return 0, waiting
	}
	s.flowing = true
	n := 0
	switch {
	case there == 0:
	case rate == frame.Rate():
		n = s.take(rest)
	case len(rest) < len(frame):
		return 0, waiting // the rate rose in the very frame in which this begins
	default:
		n = s.widen(frame)
	}
	switch {
	case ended && s.read.Load() == s.written.Load():
		return n, over
	case n == len(rest):
		return n, filled
	}
	s.flowing = false
	return n, waiting
}

// take copies samples out of the ring, as many as there are.
func (s *stream) take(dst []int16) int {
	at := s.read.Load()
	dst = dst[:min(int64(len(dst)), s.written.Load()-at)]
	start := int(at % int64(len(s.ring)))
	n := copy(dst, s.ring[start:])
	copy(dst[n:], s.ring)
	s.read.Store(at + int64(len(dst)))
	return len(dst)
}

// widen converts a frame of a stream that was begun in a narrowband call.
func (s *stream) widen(frame audio.Frame) int {
	n := s.take(s.narrow[:])
	clear(s.narrow[n:])
	s.bridge.Convert(frame, s.narrow[:])
	return 2 * n
}

// sleep waits, or returns why not.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
