package streaming

import (
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// playoutRate is the rate, in Hz, at which audio waits to be played: that of a
// call whose application speaks.
const playoutRate = 16000

// How much audio has to wait before any is played. Applications do not send by a
// clock: a pause of their own must not become a gap.
const (
	startWait    = 40 * time.Millisecond  // at the start of something,
	burstWait    = 20 * time.Millisecond  // if the first message brought more than one frame,
	rebufferWait = 100 * time.Millisecond // after a gap,
	steadierWait = 200 * time.Millisecond // and after another one soon
)

// freshAfter is how long nothing is there to be played until what comes then is
// the start of something, not what was late.
const freshAfter = 500 * time.Millisecond

// fadeSamples is the length of a fade at playoutRate: 5 ms.
const fadeSamples = playoutRate / 200

// playout is the queue of what an application says, and an audio.Source that plays
// it. One goroutine writes and one shard reads, without a lock. Positions count
// samples since the beginning:
//
//	played ≤ cleared ≤ written   (what lies between played and cleared is never played)
//
// Its reader is in one of these states:
//
//	idle ──audio comes──▶ buffering ──enough, or waited enough──▶ playing ──nothing left──▶ idle
type playout struct {
	written atomic.Uint64
	cleared atomic.Uint64 // where StopAudio has told the reader to go on
	played  atomic.Uint64
	burst   atomic.Bool   // what is waiting began with more than one frame
	gaps    atomic.Uint64 // times that audio came too late
	spare   atomic.Pointer[block]

	tail *block // the writer's: where the next sample goes
	fill int

	// The reader's.
	state  playoutState
	head   *block
	first  uint64 // the position of head's first sample
	waited int    // frames spent in buffering
	dry    int    // frames spent idle
	late   bool   // what is being buffered comes after a gap
	steady int    // frames played since the last gap
	last   int16  // the sample said last; it fades out when nothing follows,
	fallen int    // of which so many samples are done
	wide   [playoutRate / 50]int16
	pace   pace
}

type playoutState uint8

const (
	idle playoutState = iota
	buffering
	playing
)

// newPlayout is one to which nothing has been written: what comes first is a start.
func newPlayout() *playout {
	b := new(block)
	return &playout{tail: b, head: b, dry: frames(freshAfter), fallen: fadeSamples}
}

// frames counts the frames of a duration.
func frames(d time.Duration) int { return int(d / audio.FrameDuration) }

// ReadFrame implements audio.Source for frames of 8 and 16 kHz.
func (p *playout) ReadFrame(f audio.Frame) bool {
	if len(f) == len(p.wide) {
		return p.read(f)
	}
	if !p.read(p.wide[:]) {
		return false
	}
	for i := range f { // the call rises to 16 kHz within a tick or two
		f[i] = int16((int(p.wide[2*i]) + int(p.wide[2*i+1])) / 2)
	}
	return true
}

// read plays 20 ms at playoutRate.
func (p *playout) read(f []int16) bool {
	if p.played.Load() < p.cleared.Load() {
		p.skip()
		return p.fadeOut(f)
	}
	n := p.waiting()
	switch p.state {
	case idle:
		if n == 0 {
			p.dry++
			return p.fadeOut(f)
		}
		p.state, p.waited, p.late = buffering, 0, p.dry < frames(freshAfter)
		if p.late {
			p.gaps.Add(1)
		}
		fallthrough
	case buffering:
		if wait := p.wait(); n < uint64(wait*len(f)) && p.waited < wait {
			p.waited++
			return p.fadeOut(f)
		}
		p.state = playing
		p.pace.begin()
		return p.play(f, true)
	default:
		if n == 0 {
			p.state, p.dry = idle, 0 // the end of a sentence, or a gap in it: what comes next tells
			return p.fadeOut(f)
		}
		return p.playAt(n, f)
	}
}

// wait is how many frames have to be there.
func (p *playout) wait() int {
	switch {
	case p.late && p.steady < 2*audio.FramesPerSecond:
		return frames(steadierWait)
	case p.late:
		return frames(rebufferWait)
	case p.burst.Load():
		return frames(burstWait)
	}
	return frames(startWait)
}

// play plays what is there. If it does not fill the frame it fades away, and counts as
// an end, or as a gap if more comes soon.
func (p *playout) play(f []int16, fadeIn bool) bool {
	n := p.copy(f)
	if fadeIn {
		p.steady = 0
		for i := range min(n, fadeSamples) {
			f[i] = int16(int(f[i]) * i / fadeSamples)
		}
		p.fall(f[:n])
	}
	p.steady++
	copy(p.pace.before[:], f)
	if n > 0 {
		p.last, p.fallen = f[n-1], 0
	}
	if n < len(f) {
		p.state, p.dry = idle, 0
		clear(f[n:])
		p.fall(f[n:])
	}
	return true
}

// skip goes on where StopAudio has said.
func (p *playout) skip() {
	to := p.cleared.Load()
	for to > p.first+blockSamples {
		p.advance()
	}
	p.played.Store(to)
	p.state, p.dry = idle, frames(freshAfter)
}

// fadeOut lets the last sample fade away, so that the end is no click. It returns
// false when nothing is left to be said.
func (p *playout) fadeOut(f []int16) bool {
	if p.fallen == fadeSamples {
		return false
	}
	clear(f)
	p.fall(f)
	return true
}

// fall adds the way from the last sample to silence, or what is left of it.
func (p *playout) fall(f []int16) {
	for i := range min(len(f), fadeSamples-p.fallen) {
		p.fallen++
		f[i] = int16(min(max(int(f[i])+int(p.last)*(fadeSamples-p.fallen)/fadeSamples, -1<<15), 1<<15-1))
	}
}
