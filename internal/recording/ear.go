package recording

import (
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

const (
	// holdBack is how many ticks later than it is heard the sound of single speakers is
	// written: for so long a jitter buffer may delay it.
	holdBack = 13
	// queuedFrames is how much sound waits for the listening goroutine at most: 2 s, besides.
	queuedFrames = 100 + holdBack
	// oldest is how old sound is at most when it is heard.
	oldest = (holdBack - 1) * audio.FrameDuration
)

// ear hears one endpoint of somebody, at the mixer's shard, while its recording is
// not paused.
type ear struct {
	*audio.Queue
	Arrival
	hears *hearing
	age   time.Duration // of what was heard last

	// The listening goroutine's.
	pending audio.Heard // the oldest frame, until its tick has come
	have    bool
	line    line
}

// hearing is what the listeners of a recording share on their shard.
type hearing struct {
	on    bool // they hear, at this tick
	known bool // the first tick has come

	// Where single speakers are heard:
	dated bool
	time  tickTime
	now   int64      // the time of this tick
	until audio.Tick // what was said before a pause is still heard
}

// HearFrame implements audio.Listener.
func (e *ear) HearFrame(at audio.Tick, f audio.Frame) {
	if !e.hears.on && at >= e.hears.until {
		return
	}
	if f != nil && e.Dated != nil {
		if said, known := e.Dated.Said(); known {
			e.age = min(max(time.Duration(e.hears.now-said), 0), oldest)
		}
	}
	e.Queue.HearAged(at, f, e.age)
}

// take returns what was said at a tick, nil for silence, which is valid until the next
// tick is asked for. It is to be asked once the holdBack ticks that follow have been heard.
func (e *ear) take(at audio.Tick) audio.Frame {
	e.line.begin(at)
	for {
		if !e.have {
			e.pending, e.have = e.Next()
		}
		if !e.have || e.pending.At > at+holdBack {
			break
		}
		e.line.put(e.pending)
		e.have = false
	}
	return e.line.take()
}

// over reports whether everything has been taken.
func (e *ear) over() bool { return !e.have && e.Ended() && e.line.over() }

// clock is the listener that is told first of every tick. It decides whether the
// others hear it, and has the sound of the whole mix: of an unmixed recording, what
// single members alone are told.
type clock struct {
	ear
	of   *Recording
	last atomic.Uint64 // the newest tick
	left atomic.Bool   // it has left the mix
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
		if c.hears.on {
			c.hears.until = at + holdBack
		}
		c.hears.on, c.hears.known = on, true
		c.of.edges.Put(edge{at, !on, c.of.now()})
	}
	if c.hears.dated {
		c.hears.now = c.hears.time.tick(at, time.Now().UnixNano())
	}
	if c.of.pictures != nil {
		c.of.pictures.at.tick(at, c.hears.on, time.Now())
	}
	c.last.Store(uint64(at))
	if c.hears.on {
		c.Queue.HearFrame(at, f)
	}
}

// Close implements io.Closer.
func (c *clock) Close() error {
	c.left.Store(true)
	return c.Queue.Close()
}
