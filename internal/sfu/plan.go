package sfu

import (
	"cmp"
	"slices"
	"time"
)

// seated is a view that has a sink.
type seated struct {
	view   View
	source *Source
	sink   *sink
	layers []*Layer // as the options of its wish
	codec  bool     // false: the client takes none of its codecs
}

// plan decides what the client gets, and adds what it wants to the demands. It returns
// what to tell, or nil. It runs under the room's lock.
func (c *Client) plan(streams map[int]*Source, speakers []string, demands demands, now time.Time) (tell func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	chosen := c.choose(streams, speakers)
	seats := c.seat(chosen, streams, now)
	wishes := make([]wish, len(seats))
	for i := range seats {
		wishes[i] = seats[i].wish(now, demands)
	}
	c.sending.doubt(c.sending.lastSent(), now)
	c.tries(now)
	budget := c.sending.estimate() - forSound
	allocated, wanted := allocate(budget, wishes)
	c.sending.wanted = wanted
	for i, to := range allocated {
		if seats[i].falls(&wishes[i], to) {
			seats[i].sink.rest.fall(now)
		}
		seats[i].sink.thin.fewer = to >= 0 && wishes[i].options[to].fewer
		seats[i].set(to, demands, now)
	}
	return c.news(len(chosen))
}

// choose are the views to be shown, who comes first first, and those that no line is
// left for as well.
func (c *Client) choose(streams map[int]*Source, speakers []string) (list []View) {
	if c.held || c.away {
		return nil
	}
	for _, v := range c.views {
		source := streams[v.Stream]
		seen := slices.ContainsFunc(list, func(other View) bool { return other.Stream == v.Stream })
		if source != nil && source.client != c && v.Width > 0 && v.Height > 0 && !seen {
			list = append(list, v)
		}
	}
	rank := func(v View) int {
		if at := slices.Index(speakers, streams[v.Stream].client.owner); at >= 0 {
			return at
		}
		return len(speakers)
	}
	slices.SortStableFunc(list, func(a, b View) int {
		return cmp.Or(
			cmp.Compare(streams[b.Stream].kind, streams[a.Stream].kind), // screens first
			cmp.Compare(b.Priority, a.Priority), cmp.Compare(rank(a), rank(b)),
			cmp.Compare(b.Width*b.Height, a.Width*a.Height), cmp.Compare(a.Stream, b.Stream))
	})
	return list
}

// seat gives views places: those that have one keep it.
func (c *Client) seat(chosen []View, streams map[int]*Source, now time.Time) (seats []seated) {
	chosen = chosen[:min(len(chosen), len(c.sinks))]
	for _, s := range c.sinks {
		if !slices.ContainsFunc(chosen, func(v View) bool { return v.Stream == s.stream }) {
			s.give(0, nil, now)
			s.paused = ""
		}
	}
	for _, v := range chosen {
		source := streams[v.Stream]
		i := slices.IndexFunc(c.sinks, func(s *sink) bool { return s.stream == v.Stream })
		if i < 0 {
			i = c.free(source.kind)
			c.sinks[i].give(v.Stream, nil, now)
		}
		seats = append(seats, seated{view: v, source: source, sink: c.sinks[i]})
	}
	return seats
}

// free is a line without a stream: from the last on for screens.
func (c *Client) free(kind Kind) int {
	list := make([]int, 0, len(c.sinks))
	for i, s := range c.sinks {
		if s.stream == 0 {
			list = append(list, i)
		}
	}
	if kind == Screen {
		return list[len(list)-1]
	}
	return list[0]
}

// wish says which layers the view could have, and demands what it would like best.
func (s *seated) wish(now time.Time, demands demands) wish {
	w := wish{screen: s.source.kind == Screen, priority: s.view.Priority, pixels: s.view.Width * s.view.Height, now: -1}
	s.codec = true
	all := s.source.list()
	for _, l := range all {
		types, ok := s.sink.line.Types[l.codec]
		if !ok || types.Media == 0 {
			s.codec = false
			continue
		}
		if !l.lives(now) || s.sink.avoid == l && now.Sub(s.sink.avoided) < patience {
			continue
		}
		sent := s.sink.sends && s.sink.current() == l
		if base := l.base(); len(s.layers) == 0 && base > 0 && s.sink.client.tap == nil {
			if sent && s.sink.thin.fewer {
				w.now, sent = 0, false
			}
			s.layers = append(s.layers, l)
			w.options = append(w.options, option{pixels: l.pixels() / 2, rate: base, fewer: true})
		}
		if sent {
			w.now = len(w.options)
		}
		s.layers = append(s.layers, l)
		w.options = append(w.options, option{pixels: l.pixels(), rate: l.cost()})
	}
	if s.codec { // else nobody asks for what it cannot show
		demands.like(s.source, all, w.pixels, now)
	}
	w.rests = now.Before(s.sink.rest.until)
	return w
}

// falls reports whether a path no longer carries what is sent: the receiver's, or the
// sender's, which has ceased to send it while it sends another.
func (s *seated) falls(w *wish, to int) bool {
	if w.now < 0 {
		return s.sink.sends && len(w.options) > 0
	}
	return to < w.now && to < w.best()
}

// set gives the sink the layer that was chosen.
func (s *seated) set(to int, demands demands, now time.Time) {
	sink := s.sink
	if sink.waits() && now.Sub(sink.since) > patience {
		sink.avoid, sink.avoided = sink.target, now
	}
	switch {
	case to >= 0:
		sink.give(s.view.Stream, s.layers[to], now)
		demands.need(s.layers[to])
		sink.paused = ""
		if !sink.sends {
			sink.paused = NoSender
		}
		return
	case len(s.layers) > 0:
		sink.paused = Bandwidth
	case !s.codec:
		sink.paused = NoCodec
	default:
		sink.paused = NoSender
	}
	sink.give(s.view.Stream, nil, now)
}

// news is what to tell the client of its slots; nil: nothing has changed.
func (c *Client) news(views int) (tell func()) {
	slots := make([]Slot, len(c.sinks))
	for i, s := range c.sinks {
		slots[i] = Slot{s.line.MID, s.stream, s.paused}
	}
	need := 0
	if views > len(c.sinks) && len(c.sinks) > 0 {
		need = min(views, maxLines)
	}
	asks := need > len(c.sinks) && need > c.told.need
	if slices.Equal(slots, c.told.slots) && !asks {
		return nil
	}
	same := slices.Equal(slots, c.told.slots)
	c.told.slots = slots
	c.told.need = max(c.told.need, need)
	return func() {
		if !same {
			c.follow.Slots(slots)
		}
		if asks {
			c.follow.Need(need)
		}
	}
}

// maxLines bounds the lines of a client.
const maxLines = 25
