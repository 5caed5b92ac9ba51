package sfu

import (
	"strconv"
	"time"
)

// Tapped is a packet that a tap takes. Numbers and timestamps go on without a gap for as
// long as Run stays the same, and a run begins with a key frame.
type Tapped struct {
	Line      int   // the place that it comes in
	Run       int64 // grows with each change of what comes there
	Stream    int
	Codec     Codec
	Seq       int64
	Timestamp uint32
	Marker    bool
	Payload   []byte        // the layer's: nothing of it is kept
	At        time.Time     // when it came
	Waits     time.Duration // how long the sound of who shows it waits at present before it is heard
}

// NewTap makes a client that has no path: it takes the packets of what it wants by
// itself, in so many lines, as for a recording. take is called by the goroutines that
// read the layers, one at a time, and must not block; it returns false for a packet that
// it cannot take, whereupon its line begins anew at a key frame.
func NewTap(lines int, take func(Tapped) bool) *Client {
	c := NewClient("", unfollowed{})
	c.tap = take
	c.sending.rate = MaxRate
	for i := range lines {
		line := Line{MID: strconv.Itoa(i), Types: map[Codec]Types{VP8: {Media: 1}, H264: {Media: 2}}}
		s := newSink(c, line)
		s.place = i
		c.sinks = append(c.sinks, s)
	}
	return c
}

// tapped gives a packet to the tap. It runs under the client's lock.
func (c *Client) tapped(s *sink, l *Layer, p *packet, now time.Time) {
	n, ok := s.rewrite(p.numbers)
	if !ok {
		return
	}
	s.sent = now
	taken := c.tap(Tapped{
		Line: s.place, Run: s.now().first, Stream: s.stream, Codec: l.codec,
		Seq: n.seq, Timestamp: n.timestamp, Marker: p.marker, Payload: p.payload, At: p.came,
		Waits: time.Duration(l.source.client.waits.Load()),
	})
	if !taken {
		s.stop()
		c.changed()
	}
}

// SetSoundWaits says how long the client's sound waits before it is heard, so that who
// records both can have pictures wait as long.
func (c *Client) SetSoundWaits(d time.Duration) { c.waits.Store(int64(d)) }

// unfollowed is told nothing.
type unfollowed struct{}

func (unfollowed) Slots([]Slot)          {}
func (unfollowed) Layers([]string, bool) {}
func (unfollowed) Need(int)              {}
