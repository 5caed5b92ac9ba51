package rtp

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/codec"
)

// simulatedLine is a network between a peer and a playout. Times are in ms, and simulated: the
// figures are the same on every machine.
type simulatedLine struct {
	base    func(packet int) float64               // what the way takes at least; nil: nothing
	jitter  func(packet int, r *rand.Rand) float64 // on top of that
	inOrder bool                                   // a packet waits for those before it
	silent  func(packet int) bool                  // the peer does not send it; nil: it sends all
}

// least is what the way takes a packet at least.
func (l *simulatedLine) least(packet int) float64 {
	if l.base == nil {
		return 0
	}
	return l.base(packet)
}

// arrivals are the packets of some seconds, as they come.
func (l *simulatedLine) arrivals(seconds int, r *rand.Rand) (packets []sent) {
	sequence, last, payload := uint16(0), 0.0, make([]byte, 160)
	for i := range seconds * 50 {
		if l.silent != nil && l.silent(i) {
			continue
		}
		sequence++
		at := float64(20*i) + l.least(i) + max(l.jitter(i, r), 0)
		if l.inOrder {
			at = max(at, last)
			last = at
		}
		packets = append(packets, sent{header{sequence: sequence, timestamp: uint32(160 * i)}, payload, at})
	}
	slices.SortStableFunc(packets, func(a, b sent) int { return cmp.Compare(a.at, b.at) })
	return packets
}

// carried is what came of a line.
type carried struct {
	packets, late, frames, invented int
	added                           []float64 // from a packet's earliest arrival to its sound, of each frame
}

// carry plays what comes over a line in ticks that are as late as phase, of 20 ms, and
// adds it to what was carried.
func (c *carried) carry(l *simulatedLine, seconds int, phase float64, seed uint64) {
	var p playout
	p.accept(newDecoding(codec.PCMU))
	packets := l.arrivals(seconds, rand.New(rand.NewPCG(seed, 12)))
	var r reception
	highest, frame := uint16(0), make([]int16, 160)
	ms := func(t float64) time.Duration { return time.Duration(t * float64(time.Millisecond)) }
	for tick := range seconds * 50 {
		now := float64(20*tick) + phase
		for ; len(packets) > 0 && packets[0].at <= now; packets = packets[1:] {
			h, at := packets[0].header, packets[0].at
			newest := int16(h.sequence-highest) > 0
			if newest {
				highest = h.sequence
			}
			r.arrive(h.timestamp, ms(at), 8000)
			if c.packets++; p.push(h, 0, packets[0].payload, moment{newest, ms(now - at), ms(r.jitter / 8)}) == late {
				c.late++
			}
		}
		began := p.started
		position := int(p.next-p.ticksOf(p.end-p.at)) / 160
		made := p.frame(frame, false)
		if began && p.dry == 0 && tick > 5*50 {
			c.added = append(c.added, now-float64(20*position)-l.least(position))
		}
		if c.frames++; made == invented {
			c.invented++
		}
	}
	c.late += int(p.thrown)
}

// quantile of the delay that was added, in ms.
func (c *carried) quantile(share float64) float64 {
	slices.Sort(c.added)
	return c.added[int(share*float64(len(c.added)-1))]
}

// TestDelayFollowsTheLine plays lines of all kinds for two minutes: one without jitter
// costs no more than its packets wait for the tick, one with jitter loses less than a
// thousandth of its packets as late.
func TestDelayFollowsTheLine(t *testing.T) {
	uniform := func(most float64) func(int, *rand.Rand) float64 {
		return func(_ int, r *rand.Rand) float64 { return most * r.Float64() }
	}
	normal := func(deviation float64) func(int, *rand.Rand) float64 {
		return func(_ int, r *rand.Rand) float64 { return 4*deviation + deviation*r.NormFloat64() }
	}
	for i, test := range []struct {
		name     string
		line     simulatedLine
		p50, p99 float64 // of the delay that is added, in ms, at most; of these a tick is 4 ms late
		late     float64 // packets in a thousand
		invented float64 // frames in a thousand
	}{
		{"no jitter", simulatedLine{jitter: uniform(0.3)}, 5, 5, 0, 0},
		{"2 ms", simulatedLine{jitter: uniform(2)}, 5, 25, 0, 0.1},
		{"30 ms, overtaking", simulatedLine{jitter: uniform(30)}, 45, 45, 0.1, 0.3},
		{"30 ms, in order", simulatedLine{jitter: uniform(30), inOrder: true}, 45, 45, 0, 0.3},
		{"60 ms", simulatedLine{jitter: uniform(60)}, 75, 85, 0.3, 1},
		{"normal, deviation 10 ms", simulatedLine{jitter: normal(10)}, 95, 95, 0.3, 1},
		{"a few ms, rarely many", simulatedLine{jitter: func(_ int, r *rand.Rand) float64 { return 5 * r.ExpFloat64() }}, 45, 55, 0.9, 2},
		{"a stall of 60 ms every 5 s", simulatedLine{inOrder: true, jitter: func(i int, r *rand.Rand) float64 {
			if i%250 < 4 {
				return 60 - 15*float64(i%250)
			}
			return r.Float64()
		}}, 75, 75, 0, 1},
		{"one packet a minute 70 ms late", simulatedLine{jitter: func(i int, r *rand.Rand) float64 {
			if i%3000 == 1500 {
				return 70
			}
			return r.Float64()
		}}, 5, 5, 0.4, 0.4},
		{"60 ms longer from the middle on", simulatedLine{jitter: uniform(1), base: func(i int) float64 { return 60 * float64(i/3000) }}, 5, 25, 0, 1},
		{"60 ms shorter", simulatedLine{jitter: uniform(1), base: func(i int) float64 { return 60 - 60*float64(i/3000) }}, 5, 65, 0, 0},
		{"a clock 200 ppm fast", simulatedLine{jitter: uniform(1), base: func(i int) float64 { return 50 - 20*200e-6*float64(i) }}, 25, 25, 0, 0.1},
		{"a clock 200 ppm slow", simulatedLine{jitter: uniform(1), base: func(i int) float64 { return 20 * 200e-6 * float64(i) }}, 25, 25, 0, 0.4},
		{"spurts of a second", simulatedLine{jitter: uniform(1), silent: func(i int) bool { return i/50%2 == 1 }}, 5, 5, 0, 200},
		{"spurts and 30 ms", simulatedLine{jitter: uniform(30), silent: func(i int) bool { return i/50%2 == 1 }}, 55, 65, 0.5, 200},
	} {
		if testing.Short() && i%4 != 0 {
			continue
		}
		var all, four carried
		for _, seed := range shorter[uint64](0, 1, 2) {
			for _, phase := range []float64{1, 6, 11, 16} {
				all.carry(&test.line, 120, phase, seed)
			}
			four.carry(&test.line, 120, 4, seed) // as the mixer follows a steady line
		}
		late, invented := permille(all.late, all.packets), permille(all.invented, all.frames)
		t.Logf("%-35s p50 %5.1f, p99 %5.1f ms; late %.2f ‰, invented %.2f ‰", test.name, four.quantile(0.5), four.quantile(0.99), late, invented)
		if four.quantile(0.5) > test.p50 || four.quantile(0.99) > test.p99 || late > test.late || invented > test.invented {
			t.Errorf("%s: want p50 %.1f, p99 %.1f ms; late %.2f ‰, invented %.2f ‰", test.name, test.p50, test.p99, test.late, test.invented)
		}
	}
}

func permille(part, whole int) float64 { return 1000 * float64(part) / float64(whole) }
