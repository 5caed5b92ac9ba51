package streaming

import "sync/atomic"

// blockSamples is 200 ms.
const blockSamples = playoutRate / 5

// block is a piece of the queue.
type block struct {
	samples [blockSamples]int16
	next    atomic.Pointer[block]
}

// write appends samples at playoutRate. It is the writer's.
func (p *playout) write(samples []int16) {
	if p.waiting() == 0 {
		p.burst.Store(len(samples) > playoutRate/50)
	}
	n := uint64(len(samples))
	for len(samples) > 0 {
		if p.fill == blockSamples {
			next := p.spare.Swap(nil)
			if next == nil {
				next = new(block)
			}
			p.tail.next.Store(next)
			p.tail, p.fill = next, 0
		}
		copied := copy(p.tail.samples[p.fill:], samples)
		p.fill += copied
		samples = samples[copied:]
	}
	p.written.Add(n)
}

// clear drops what waits. It is the writer's, and returns where it happened.
func (p *playout) clear() uint64 {
	at := p.written.Load()
	p.cleared.Store(at)
	return at
}

// waiting counts the samples that will still be played.
func (p *playout) waiting() uint64 {
	written, from := p.written.Load(), max(p.played.Load(), p.cleared.Load())
	if from > written {
		return 0
	}
	return written - from
}

// copy takes samples out of the queue.
func (p *playout) copy(f []int16) int {
	at, total := p.played.Load(), 0
	n := int(min(uint64(len(f)), p.written.Load()-at))
	for total < n {
		if at == p.first+blockSamples {
			p.advance()
		}
		copied := copy(f[total:n], p.head.samples[at-p.first:])
		total, at = total+copied, at+uint64(copied)
	}
	p.played.Store(at)
	return n
}

// peek copies samples that stay in the queue, as many as there are.
func (p *playout) peek(f []int16) {
	at, head, first := p.played.Load(), p.head, p.first
	n := int(min(uint64(len(f)), p.written.Load()-at))
	for total := 0; total < n; {
		if at == first+blockSamples {
			head, first = head.next.Load(), first+blockSamples
		}
		copied := copy(f[total:n], head.samples[at-first:])
		total, at = total+copied, at+uint64(copied)
	}
}

// advance goes on to the next block and leaves the old one to the writer.
func (p *playout) advance() {
	old := p.head
	p.head, p.first = old.next.Load(), p.first+blockSamples
	old.next.Store(nil)
	p.spare.Store(old)
}
