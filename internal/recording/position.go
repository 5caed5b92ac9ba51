package recording

import (
	"math"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// position says which place in a recording's sound belongs to a moment. The shard tells
// it of each tick; ticks that come late do not move it.
type position struct {
	base   time.Time
	origin atomic.Int64 // when the sound began, after base, in ns, as if there had been no pauses; none: it is paused
	frozen atomic.Int64 // the place in a pause, in ns

	// The shard's.
	known, on   bool
	first, from audio.Tick // of all, of the pause
	paused      audio.Tick // how many were
}

const none = math.MinInt64

// follow is how far a tick that comes late moves the origin: a millisecond in a second.
const follow = 20 * time.Microsecond

func newPosition() *position {
	p := &position{base: time.Now()}
	p.origin.Store(none)
	return p
}

// tick notes a tick, and whether it is recorded.
func (p *position) tick(at audio.Tick, on bool, now time.Time) {
	switch {
	case !p.known:
		p.known, p.first, p.from = true, at, at
	case on && !p.on:
		p.paused += at - p.from
	case !on && p.on:
		p.from = at
	}
	p.on = on
	if !on {
		p.frozen.Store(int64(p.from-p.first-p.paused) * int64(audio.FrameDuration))
		p.origin.Store(none)
		return
	}
	origin := int64(now.Sub(p.base)) - int64(at-p.first-p.paused)*int64(audio.FrameDuration)
	if before := p.origin.Load(); before != none {
		origin = min(origin, before+int64(follow))
	}
	p.origin.Store(origin)
}

// at returns the place of a moment; false: nothing is recorded then.
func (p *position) at(now time.Time) (time.Duration, bool) {
	origin := p.origin.Load()
	if origin == none {
		return time.Duration(p.frozen.Load()), false
	}
	return max(now.Sub(p.base)-time.Duration(origin), 0), true
}
