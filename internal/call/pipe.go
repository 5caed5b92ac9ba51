package call

import (
	"sync/atomic"

	"github.com/switchhook/switchhook/internal/audio"
)

// pipeSamples is the length of a pipe: 128 ms at 8 kHz. A frame is read about as
// often as one is written; more would be delay.
const pipeSamples = 1024

// pipe carries sound from one shard to another without a lock: one writer, one
// reader. What does not fit is dropped, which ends a delay that has built up.
type pipe struct {
	samples [pipeSamples]int16
	read    atomic.Uint64 // samples taken so far
	written atomic.Uint64 // samples put so far
}

func newPipe() *pipe { return &pipe{} }

// put adds a frame; nil is a frame of silence of the reader's length, which
// needs no samples.
func (p *pipe) put(f audio.Frame) {
	start := p.written.Load()
	if len(f) == 0 || start-p.read.Load()+uint64(len(f)) > pipeSamples {
		return
	}
	for i, sample := range f {
		p.samples[(start+uint64(i))%pipeSamples] = sample
	}
	p.written.Store(start + uint64(len(f)))
}

// take fills a frame, or returns false where less than a frame waits.
func (p *pipe) take(f audio.Frame) bool {
	start := p.read.Load()
	if p.written.Load()-start < uint64(len(f)) {
		return false
	}
	for i := range f {
		f[i] = p.samples[(start+uint64(i))%pipeSamples]
	}
	p.read.Store(start + uint64(len(f)))
	return true
}

// hairpinPort is the sound of one end of a hairpin. Between the two ends it is
// narrowband, as over the public network, so that each call has its own rate.
type hairpinPort struct {
	in, out     *pipe
	said, heard audio.Bridge
	said8       [SampleRate / audio.FramesPerSecond]int16
	heard8      [SampleRate / audio.FramesPerSecond]int16
}

// ReadFrame gives what the other end's call said.
func (p *hairpinPort) ReadFrame(f audio.Frame) bool {
	if !p.in.take(p.said8[:]) {
		p.said.Rest()
		return false
	}
	copy(f, p.said.Convert(f, p.said8[:]))
	return true
}

// WriteFrame passes on what this call says.
func (p *hairpinPort) WriteFrame(f audio.Frame) {
	if f == nil {
		p.heard.Rest()
		return
	}
	p.out.put(p.heard.Convert(p.heard8[:], f))
}
