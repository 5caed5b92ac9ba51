package sfu

import "time"

// How a path is measured by trains.
const (
	trainGap     = 2 * time.Millisecond // between packets that are sent back to back
	trainPackets = 3
	trainBytes   = 1500             // after the first packet
	trainSpan    = time.Millisecond // acknowledgements tell moments by quarters of it
	trainFresh   = time.Second      // what a train has shown is good for
	trainSameAs  = 500 * time.Millisecond
)

// train measures a path by packets that were sent back to back: they arrive as far apart
// as the narrowest place lets them (packet dispersion; Dovrolis et al., Packet-Dispersion
// Techniques and a Capacity-Estimation Methodology, 2004). That takes few packets, but a
// path that lets bursts pass promises too much: it has to be proven by a probe.
type train struct {
	first, last time.Duration // arrivals, by the receiver's clock
	packets     int
	bytes       int // after the first packet
	next        uint16
	rate        int       // bits a second, as the last train showed; 0: none has
	at          time.Time // when it did
}

// take takes a packet that has arrived. follows: it was sent right after the one before.
func (t *train) take(number uint16, follows bool, bytes int, arrival time.Duration) {
	if !follows || number != t.next || t.packets == 0 {
		t.first, t.last, t.packets, t.bytes = arrival, arrival, 0, -bytes
	}
	t.packets, t.bytes, t.next = t.packets+1, t.bytes+bytes, number+1
	t.last = max(t.last, arrival)
}

// measure notes what the train shows so far. Of trains of one moment the fastest counts:
// others were held up.
func (t *train) measure(now time.Time) {
	if t.packets < trainPackets || t.bytes < trainBytes {
		return
	}
	rate := int(int64(t.bytes) * 8 * int64(time.Second) / int64(max(t.last-t.first, trainSpan)))
	if now.Sub(t.at) < trainSameAs {
		t.rate = max(t.rate, rate)
		return
	}
	t.rate, t.at = rate, now
}

// fresh reports whether the last train was a moment ago.
func (t *train) fresh(now time.Time) bool { return t.rate > 0 && now.Sub(t.at) < trainFresh }
