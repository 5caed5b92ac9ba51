package recording

import (
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// maxConcealed bounds of how many gaps a recording remembers where they are.
const maxConcealed = 1000

// interval is a pause, by ticks.
type interval struct {
	from, to audio.Tick
	start    time.Time
	open     bool
}

// takeEdges notes the pauses that have begun or ended.
func (l *listener) takeEdges() {
	for e := range l.r.edges.Take {
		switch {
		case e.paused:
			l.pauses = append(l.pauses, interval{from: e.at, start: e.when, open: true})
			l.change(func(r *Record) { r.Pauses = append(r.Pauses, Pause{Start: e.when.UTC()}) })
		case len(l.pauses) > 0:
			p := &l.pauses[len(l.pauses)-1]
			p.to, p.open = e.at, false
			lasted := time.Duration(e.at-p.from) * audio.FrameDuration
			l.change(func(r *Record) { r.Pauses[len(r.Pauses)-1].DurationMs = lasted.Milliseconds() })
		}
		if !l.begun {
			l.begun, l.next, l.first = true, e.at, e
		}
	}
}

// closePause ends the pause that a recording ends in.
func (l *listener) closePause() {
	if n := len(l.pauses); n > 0 && l.pauses[n-1].open {
		lasted := time.Duration(audio.Tick(l.r.clock.last.Load())+1-l.pauses[n-1].from) * audio.FrameDuration
		l.change(func(r *Record) { r.Pauses[len(r.Pauses)-1].DurationMs = lasted.Milliseconds() })
		l.pauses = nil
	}
}

// missing is how many ticks before one were neither heard nor paused: their frames
// were overwritten before anybody took them.
func (l *listener) missing(at audio.Tick) int {
	gone := at - l.next
	l.pauses = slices.DeleteFunc(l.pauses, func(p interval) bool {
		if p.open || p.from > at {
			return false
		}
		gone -= min(p.to, at) - max(p.from, l.next)
		return true
	})
	return int(gone)
}

// conceal notes that silence stands for frames, from a tick on.
func (l *listener) conceal(from audio.Tick, frames int) {
	gap := Pause{Start: l.timeOf(from).UTC(), DurationMs: int64(frames) * audio.FrameDuration.Milliseconds()}
	l.change(func(r *Record) {
		r.ConcealedMs += gap.DurationMs
		if len(r.Concealed) < maxConcealed {
			r.Concealed = append(r.Concealed, gap)
		}
	})
}

// timeOf is when a tick was.
func (l *listener) timeOf(at audio.Tick) time.Time {
	return l.first.when.Add(time.Duration(at-l.first.at) * audio.FrameDuration)
}
