package sfu

import (
	"slices"
	"time"
)

// offAfter is how long a layer is sent on that nobody wants any more.
const offAfter = 3 * time.Second

// demands are the encodings that anybody wants, by source.
type demands map[*Source]map[string]bool

func (d demands) add(s *Source, rid string) {
	if d[s] == nil {
		d[s] = make(map[string]bool)
	}
	d[s][rid] = true
}

// need wants a layer that is sent.
func (d demands) need(l *Layer) { d.add(l.source, l.rid) }

// like wants the encoding that fits a view best, whether it is sent now or not, and the
// smallest one, to fall back on. Where no known one is large enough, those that were
// never seen may be. While none comes, the sizes of before say nothing: another camera
// may send other encodings.
func (d demands) like(s *Source, layers []*Layer, pixels int, now time.Time) {
	if !slices.ContainsFunc(layers, func(l *Layer) bool { return l.lives(now) }) {
		d.all(s)
		return
	}
	if len(layers) > 0 && layers[0].pixels() > 0 {
		d.need(layers[0])
	}
	for _, l := range layers {
		l.askSize(now)
	}
	for _, l := range layers {
		if known := l.pixels(); known >= pixels*2/3 {
			d.add(s, l.rid)
			return
		}
	}
	d.all(s)
}

func (d demands) all(s *Source) {
	for _, rid := range s.encodings() {
		d.add(s, rid)
	}
}

// told is what a client was told.
type told struct {
	slots  []Slot
	need   int
	camera []string
	screen bool
	wanted [2]map[string]time.Time // when an encoding was wanted last, by kind
	opened [2]time.Time            // since when a source has passed of which nothing was told; zero: it does not, or was
}

// opens notes whether a source passes. It sends all that it has until the client is told what is
// wanted: where nobody wants anything, that is due after a while.
func (t *told) opens(s *Source, was bool, now time.Time) (due bool) {
	since := &t.opened[s.kind]
	switch {
	case !s.passes:
		*since = time.Time{}
	case !was:
		*since = now
	}
	return !since.IsZero() && now.Sub(*since) >= offAfter
}

// demanded says which of the client's own encodings are to be sent; nil: nothing has
// changed. It runs under the room's lock.
func (c *Client) demanded(demands demands, now time.Time) (tell func()) {
	t := &c.told
	var lists [2][]string
	due := false
	for kind, s := range c.sources {
		was := s.passes
		s.passes = s.open.Load()
		due = t.opens(s, was, now) || due
		if t.wanted[kind] == nil {
			t.wanted[kind] = make(map[string]time.Time)
		}
		for rid := range demands[s] {
			t.wanted[kind][rid] = now
		}
		for _, rid := range s.encodings() {
			if last, ok := t.wanted[kind][rid]; ok && now.Sub(last) < offAfter && s.passes {
				lists[kind] = append(lists[kind], rid)
			}
		}
	}
	camera, screen := lists[Camera], len(lists[Screen]) > 0
	if slices.Equal(camera, t.camera) && screen == t.screen && !due {
		return nil
	}
	t.camera, t.screen, t.opened = camera, screen, [2]time.Time{}
	return func() { c.follow.Layers(camera, screen) }
}
