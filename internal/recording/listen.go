package recording

import (
	"encoding/binary"
	"slices"

	"github.com/switchhook/switchhook/internal/audio"
)

// maxParticipants bounds whom a recording remembers.
const maxParticipants = 1000

// listener makes samples of what a recording has heard. It belongs to the listening
// goroutine.
type listener struct {
	r           *Recording
	mixed       channel
	places      *places // nil: the whole mix is heard at once
	merges      bool    // what the places say is in one channel
	application string  // raw id of the first application in the call
	known       []string

	next    audio.Tick // the tick that follows what is written
	at      audio.Tick // the tick that is being written
	begun   bool
	first   edge       // the first tick, and when it was
	pauses  []interval // that are not over yet, or were not passed yet
	last    audio.Heard
	held    bool // last has not been taken
	written int64
	chunk   int    // that is being written
	bytes   []byte // that are not handed to the writer yet
}

// listen takes what has been heard since the last time. It reports whether nothing
// will follow.
func (l *listener) listen() (over bool) {
	for e := range l.r.arrivals.Take {
		l.meet(e)
	}
	for {
		heard, ok := l.take()
		l.takeEdges()
		if !ok {
			break
		}
		l.hear(heard)
	}
	over = l.r.clock.Ended() && !l.held
	if over {
		l.closePause()
	}
	l.flush()
	if l.r.pictures != nil {
		l.r.pictures.takePending(l.chunk, func(p pendingPictures) { l.r.give(step{pictures: p}) })
	}
	return over
}

// meet takes somebody who has come into the call.
func (l *listener) meet(e *ear) {
	if !slices.Contains(l.known, e.Who) {
		if len(l.known) == maxParticipants {
			return
		}
		l.known = append(l.known, e.Who)
		if e.Listed {
			l.change(func(r *Record) { r.participant(e.Who) })
		}
	}
	if e.Application && l.application == "" {
		l.application = e.Who
	}
	if l.places != nil {
		s := l.places.speaker(e.Who)
		s.ears = append(s.ears, e)
	}
}

// take returns the oldest tick. Of single speakers it is one after which all listeners
// have been told of holdBack more; the clock is told first.
func (l *listener) take() (audio.Heard, bool) {
	c := &l.r.clock
	if l.places == nil {
		return c.Next()
	}
	left, newest := c.left.Load(), audio.Tick(c.last.Load())
	if !l.held {
		l.last, l.held = c.Next()
	}
	if !l.held || !left && newest <= l.last.At+holdBack {
		return audio.Heard{}, false
	}
	l.held = false
	return l.last, true
}

// hear writes one tick.
func (l *listener) hear(heard audio.Heard) {
	if missing := l.missing(heard.At); missing > 0 {
		l.conceal(heard.At-audio.Tick(missing), missing)
		for left := missing; left > 0; left-- {
			l.at = heard.At - audio.Tick(left)
			l.write([]audio.Frame{nil})
		}
	}
	l.at, l.next = heard.At, heard.At+1
	if l.places == nil {
		l.write([]audio.Frame{l.mixed.widen(heard.Frame)})
		return
	}
	if l.merges {
		l.write([]audio.Frame{l.places.merge(heard.At, heard.Frame)})
		return
	}
	before := l.places.count
	said := l.places.hear(heard.At, heard.Frame, l.application, l.seated)
	if l.places.count != before {
		l.layOut()
	}
	l.write(said[:])
}

// seated notes who has got which channel, or none.
func (l *listener) seated(who string, place int) {
	if place < 0 {
		l.r.log.Warn("a speaker has no channel: all are taken", "participant", who, "channels", MaxChannels)
		return
	}
	l.change(func(r *Record) { r.participant(who).Channel = &place })
}

// layOut notes that frames have more channels from here on.
func (l *listener) layOut() {
	layout := Layout{From: l.written, Channels: l.places.count}
	l.change(func(r *Record) {
		c := &r.Chunks[len(r.Chunks)-1]
		if n := len(c.Layouts); c.Layouts[n-1].From == layout.From {
			c.Layouts[n-1] = layout
			return
		}
		c.Layouts = append(c.Layouts, layout)
	})
}

// write appends a frame of every channel, interleaved.
func (l *listener) write(said []audio.Frame) {
	if l.written == l.r.lib.chunkFrames {
		l.nextChunk()
	}
	l.written++
	channels := 1
	if l.places != nil {
		channels = l.places.count
	}
	start, size := len(l.bytes), frameSamples*channels*2
	l.bytes = slices.Grow(l.bytes, size)[:start+size]
	out := l.bytes[start:]
	clear(out)
	for at, f := range said[:min(len(said), channels)] {
		if channels == 1 {
			for i, s := range f {
				binary.LittleEndian.PutUint16(out[2*i:], uint16(s))
			}
			continue
		}
		for i, s := range f {
			binary.LittleEndian.PutUint16(out[2*(i*channels+at):], uint16(s))
		}
	}
}

// nextChunk begins another file.
func (l *listener) nextChunk() {
	l.flush()
	l.written = 0
	l.chunk++
	channels := 1
	if l.places != nil {
		channels = l.places.count
	}
	l.r.give(step{chunk: channels, began: l.timeOf(l.at)})
}

// change hands a change of the record to the writer, behind the samples so far.
func (l *listener) change(c func(*Record)) {
	l.flush()
	l.r.give(step{change: c})
}

// flush hands samples to the writer.
func (l *listener) flush() {
	if len(l.bytes) > 0 {
		l.r.give(step{bytes: l.bytes})
		l.bytes = l.r.spare()
	}
}
