package call

import (
	"sync/atomic"

	"github.com/switchhook/switchhook/internal/audio"
)

// pipeSamples is the length of a pipe: 80 ms at 16 kHz. Both ends run at the same
// rate and a frame is read about as often as one is written; more would be delay.
const pipeSamples = 2048

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

// hairpinPort is the sound of one end of a hairpin.
type hairpinPort struct{ in, out *pipe }

// ReadFrame gives what the other end's call said.
func (p *hairpinPort) ReadFrame(f audio.Frame) bool { return p.in.take(f) }

// WriteFrame passes on what this call says.
func (p *hairpinPort) WriteFrame(f audio.Frame) { p.out.put(f) }
