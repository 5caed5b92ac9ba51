// Package audio declares the 20 ms frame and the ports that speak and hear in
// a call. Oscillators, resampling and WAV files are here too.
package audio

import "time"

// FrameDuration is the length of every frame.
const FrameDuration = 20 * time.Millisecond

// FramesPerSecond counts the frames of a second.
const FramesPerSecond = 50

// Frame is 20 ms of 16-bit mono PCM at the rate of the call that carries it:
// 160 samples at 8 kHz, 320 at 16 kHz. Its length tells the rate, which may rise
// from one frame to the next while a call runs, and never falls.
type Frame []int16

// Samples returns how many samples a frame has at a rate in Hz.
func Samples(rate int) int { return rate / FramesPerSecond }

// Rate returns the frame's sample rate in Hz.
func (f Frame) Rate() int { return len(f) * FramesPerSecond }

// Source says something. ReadFrame fills f, at the rate that f's length tells,
// with what is said in the next 20 ms. It returns false for silence; what f
// holds then means nothing. It never blocks and never allocates.
type Source interface {
	ReadFrame(f Frame) bool
}

// Dated is a Source whose sound comes in packets. Said returns when the beginning of the
// frame that ReadFrame returned last was said, as far as a server can tell: had each packet
// been as fast as the fastest of the last few seconds, its end would have come as it was
// said. It is Unix time in ns; false where that is not known. It is the reader's, after
// each ReadFrame.
type Dated interface {
	Said() (at int64, known bool)
}

// Sink hears something. WriteFrame takes what is heard in the next 20 ms; nil
// is silence. It must neither keep nor change f, never blocks, never allocates.
type Sink interface {
	WriteFrame(f Frame)
}

// Tick counts the frames of a mix. What several listeners hear at one tick was
// said at the same moment.
type Tick uint64

// Listener hears what somebody in a mix says, or the whole mix, beside those who
// are in it. HearFrame takes what is said in the 20 ms of one tick; nil is silence.
// It must neither keep nor change f, never blocks, never allocates. A Listener that
// also implements io.Closer is closed when nothing more is to be heard.
type Listener interface {
	HearFrame(at Tick, f Frame)
}

// Port is whatever speaks and hears in a call. A port that also implements
// io.Closer is closed by the mixer's shard when it has left the mix, so that
// nobody else touches its sockets at that moment.
type Port interface {
	Source
	Sink
}
