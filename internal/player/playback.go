package player

import (
	"sync/atomic"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/inbox"
)

// fadesPerSecond makes the fade of Stop 5 ms long.
const fadesPerSecond = 200

// Playback plays prompts one after the other without a gap: an audio.Source for
// one mix, or one listener. It is read by one goroutine; the other methods are for
// all.
//
//	opening → started → done
//	   └───────────────────┘  the first prompt cannot be played, or Stop
type Playback struct {
	started chan struct{}
	done    chan struct{}
	over    atomic.Bool // done is closed, or about to be
	index   int         // of the prompt that failed; set before done is closed
	err     error

	stop   atomic.Bool
	rate   atomic.Int64 // Hz, at which it is read; 0 before the first frame
	played atomic.Int64 // samples so far, as if all were at 16 kHz; told now and then
	first  inbox.Signal // the first frame is wanted
	gaps   *atomic.Int64

	// The reader's own.
	item    *item
	pos     int   // which sample of a clip is next
	count   int64 // as played, of this moment
	heard   bool  // something was
	missing bool  // a gap was counted, and is not over
}

func newPlayback(gaps *atomic.Int64) *Playback {
	return &Playback{
		started: make(chan struct{}), done: make(chan struct{}), first: inbox.NewSignal(), gaps: gaps, item: new(item),
	}
}

// Started is closed when the first prompt can be heard. Only from then on need the
// playback be read.
func (p *Playback) Started() <-chan struct{} { return p.started }

// Done is closed when the last sample has been read, or the fade after Stop, or
// when a prompt failed. A started playback that nobody reads is never done.
func (p *Playback) Done() <-chan struct{} { return p.done }

// Err returns, once Done is closed, which prompt could not be played and why; a
// nil error where all were, or where the playback was stopped.
func (p *Playback) Err() (index int, err error) {
	select {
	case <-p.done:
		return p.index, p.err
	default:
		return 0, nil
	}
}

// Stop ends the playback from any goroutine, as often as it likes: the next frame
// fades out within 5 ms.
func (p *Playback) Stop() { p.stop.Store(true) }

// finish ends the playback, once.
func (p *Playback) finish(index int, err error) {
	if p.over.CompareAndSwap(false, true) {
		p.index, p.err = index, err
		close(p.done)
	}
}

// ReadFrame implements audio.Source at 8 and 16 kHz, and follows a change from
// one to the other without a gap. A frame of another rate ends the playback.
func (p *Playback) ReadFrame(f audio.Frame) bool {
	if p.over.Load() {
		p.item = nil // whoever still holds the playback holds no clip
		return false
	}
	stopped := p.stop.Load()
	if !p.follow(f.Rate()) || stopped && !p.heard {
		p.finish(0, nil) // a sound that was not heard needs no fade
		return false
	}
	n := p.fill(f)
	clear(f[n:])
	if stopped {
		fade(f)
		p.finish(0, nil)
	}
	p.heard = p.heard || n > 0
	return n > 0
}

// fade lets a frame end within 5 ms.
func fade(f audio.Frame) {
	n := f.Rate() / fadesPerSecond
	for i := range f[:n] {
		f[i] = int16(int(f[i]) * (n - i) / (n + 1))
	}
	clear(f[n:])
}

// follow moves the position to the frame's rate.
func (p *Playback) follow(rate int) bool {
	before := int(p.rate.Load())
	if rate == before {
		return true
	}
	if rate != narrowband && rate != wideband {
		return false
	}
	if before != 0 {
		p.pos = p.pos * rate / before
	}
	p.rate.Store(int64(rate))
	p.first.Set()
	return true
}

// fill writes what comes next and returns how much of the frame it could fill.
func (p *Playback) fill(f audio.Frame) (n int) {
	for {
		count, state := p.item.fill(f[n:], f, &p.pos)
		n += count
		if state == over {
			state = p.advance()
		}
		if state != filled || n == len(f) {
			break
		}
	}
	if p.count += int64(n * wideband / f.Rate()); p.count-p.played.Load() > wideband/4 {
		p.played.Store(p.count)
	}
	p.countGap(n < len(f) && !p.over.Load())
	return n
}

// countGap counts the beginning of each gap.
func (p *Playback) countGap(gap bool) {
	if gap && p.heard && !p.missing {
		p.gaps.Add(1)
	}
	p.missing = gap
}

// advance goes on to the next prompt: filled if there is one, waiting while it is
// not there yet, over if the list has ended, which ends the playback.
func (p *Playback) advance() state {
	if err := p.item.failed(); err != nil {
		p.finish(p.item.index, err)
		return over
	}
	next := p.item.next.Load()
	switch {
	case next == nil:
		return waiting
	case next.isEnd():
		p.finish(next.index, next.err)
		return over
	}
	p.item, p.pos = next, 0
	return filled
}
