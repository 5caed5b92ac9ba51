package sfu

import (
	"time"

	"github.com/switchhook/switchhook/internal/ratelimit"
)

// patience is how long a sink waits for a key frame of a layer before it tries another.
const patience = 3 * time.Second

// sink is what is sent on a line. It changes from layer to layer at key frames:
//
//	idle ──target──▶ waiting ──key frame──▶ sending ──other target──▶ sending and waiting
//	  ▲                 │                      │
//	  └─────────────────┴─────paused───────────┘
//
// It belongs to the client's lock.
type sink struct {
	client *Client
	line   Line
	place  int // of a tap's
	rewriter
	stream  int    // that it is for; 0: none
	target  *Layer // to send; nil: none
	sends   bool   // the current layer passes
	since   time.Time
	avoid   *Layer    // that gave no key frame
	avoided time.Time // when
	paused  Pause
	sent    time.Time // when the last packet was
	repeats []repeat  // ringPackets, from the first on
	rtx     uint16    // number of the last repetition
	pleas   *ratelimit.Bucket
	rest    rest   // of larger encodings, after a fall
	thin    thin   // of pictures
	padded  int64  // which packet was sent last for a probe
	packets uint32 // that were sent, without repetitions
	octets  uint32 // of their payloads
}

// repeat counts how often a packet was repeated.
type repeat struct {
	seq   int64
	times int
	last  time.Time
}

func newSink(c *Client, line Line) *sink {
	return &sink{client: c, line: line, pleas: ratelimit.NewBucket(pleaRate)}
}

// give sets what is to be sent; another stream stops at once, so that it is not shown
// under the name of the new one.
func (s *sink) give(stream int, target *Layer, now time.Time) {
	if stream != s.stream {
		s.stream, s.sends = stream, false
	}
	if target == nil {
		s.sends = false
	}
	if target != s.target {
		s.target, s.since = target, now
	}
}

// waits reports whether a key frame is awaited.
func (s *sink) waits() bool { return s.target != nil && (!s.sends || s.current() != s.target) }

// accepts reports whether a packet of a layer is to be sent; it may begin the layer.
func (s *sink) accepts(l *Layer, p *packet, now time.Time) bool {
	switch {
	case s.target == l && p.begins && s.waits():
		passed := uint32(now.Sub(s.sent).Milliseconds()) * clock
		s.begin(l, p.numbers, passed, !s.sends)
		s.thin.passing = s.thin.most()
		s.sends = true
		s.client.counts.Changes++
		s.client.changed()
	case !s.sends || s.current() != l:
		return false
	}
	return true
}

// Rests of a line after the path carried an encoding no longer: each change costs a key
// frame of all encodings, which is as much as a second of pictures.
const (
	leastRest = 4 * time.Second
	mostRest  = 16 * time.Second
	restsOver = 20 * time.Second // without a fall: the next one counts as the first
)

// rest is how long a line keeps to small encodings: the longer, the sooner it fell again.
type rest struct {
	lasts time.Duration
	until time.Time
}

// fall begins a rest. What falls further while it rests has not risen in vain.
func (r *rest) fall(now time.Time) {
	switch {
	case now.Sub(r.until) > restsOver:
		r.lasts = leastRest
	case now.After(r.until):
		r.lasts = min(2*r.lasts, mostRest)
	}
	r.until = now.Add(r.lasts)
}

// stop lets pictures go on at the next key frame alone.
func (s *sink) stop() { s.sends = false }

// mayRepeat bounds how often a packet is repeated. One in whose place another one is kept
// by now is not.
func (s *sink) mayRepeat(seq int64, now time.Time) bool {
	if s.repeats == nil {
		s.repeats = make([]repeat, ringPackets)
	}
	r := &s.repeats[seq&(ringPackets-1)]
	if seq > r.seq {
		*r = repeat{seq: seq}
	}
	return seq == r.seq && r.times < 3 && now.Sub(r.last) >= 20*time.Millisecond
}

// countRepeat counts a repetition, if it is permitted.
func (s *sink) countRepeat(seq int64, now time.Time) bool {
	if !s.mayRepeat(seq, now) {
		return false
	}
	r := &s.repeats[seq&(ringPackets-1)]
	r.times, r.last = r.times+1, now
	return true
}
