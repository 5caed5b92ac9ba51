package recording

import (
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// queuedFrames is how much sound waits for the listening goroutine at most: 2 s.
const queuedFrames = 100

// ear hears one endpoint of somebody, at the mixer's shard, while its recording is
// not paused.
type ear struct {
	*audio.Queue
	Comer
	hears *hearing

	// The listening goroutine's.
	pending audio.Heard // the oldest frame, until its tick has come
	have    bool
}

// hearing is what the listeners of a recording share on their shard.
type hearing struct {
	on    bool // they hear, at this tick
	known bool // the first tick has come
}

// HearFrame implements audio.Listener.
func (e *ear) HearFrame(at audio.Tick, f audio.Frame) {
	if e.hears.on {
		e.Queue.HearFrame(at, f)
	}
}

// take returns the frame of a tick, nil for silence, which is valid until the next
// tick is asked for.
func (e *ear) take(at audio.Tick) audio.Frame {
	for !e.have || e.pending.At < at {
		if e.pending, e.have = e.Next(); !e.have {
			return nil
		}
	}
	if e.pending.At != at {
		return nil
	}
	e.have = false
	return e.pending.Frame
}

// over reports whether everything has been taken.
func (e *ear) over() bool { return !e.have && e.Ended() }

// clock is the listener that is told first of every tick. It decides whether the
// others hear it, and has the sound of the whole mix: of an unmixed recording, what
// single members alone are told.
type clock struct {
	ear
	of   *Recording
	last atomic.Uint64 // the newest tick
}

// edge is a change between hearing and being paused: from a tick on.
type edge struct {
	at     audio.Tick
	paused bool
	when   time.Time
}

// HearFrame implements audio.Listener.
func (c *clock) HearFrame(at audio.Tick, f audio.Frame) {
	if on := !c.of.paused.Load(); on != c.hears.on || !c.hears.known {
		c.hears.on, c.hears.known = on, true
		c.of.edges.Put(edge{at, !on, c.of.now()})
	}
	if c.of.pictures != nil {
		c.of.pictures.at.tick(at, c.hears.on, time.Now())
	}
	c.last.Store(uint64(at))
	c.ear.HearFrame(at, f)
}
