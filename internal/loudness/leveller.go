package loudness

import "math"

// Leveller brings a sound that is still arriving to a loudness: an automatic gain
// control whose gain follows the gated loudness of all that came so far, slowly
// enough not to be heard. It looks ahead as long as a block of the meter lasts.
type Leveller struct {
	meter  *Meter
	target float64 // LUFS
	step   int     // samples of 10 ms, for which a gain is chosen
	ahead  []int16 // not let go yet
	hops   int     // of the meter, when wanted was last found
	wanted float64 // gain
	gain   float64 // in force; 0 before the first sample
}

// slew is the most that the gain changes in a step of 10 ms: 3 dB a second.
var slew = math.Pow(10, 0.03/20)

// lookAhead is how many steps are waited for: a block of the meter.
const lookAhead = 40

// NewLeveller returns a leveller for sound of a rate in Hz to a loudness in LUFS.
func NewLeveller(rate int, target float64) *Leveller {
	return &Leveller{meter: NewMeter(rate), target: target, step: rate / 100, wanted: 1, hops: -1}
}

// Append takes in and appends to out what is ready.
func (l *Leveller) Append(out, in []int16) []int16 {
	l.meter.Write(in)
	l.ahead = append(l.ahead, in...)
	at := 0
	for ; len(l.ahead)-at >= (lookAhead+1)*l.step; at += l.step {
		out = l.release(out, l.ahead[at:])
	}
	l.ahead = l.ahead[:copy(l.ahead, l.ahead[at:])]
	return out
}

// Flush appends what was held back. Nothing may follow.
func (l *Leveller) Flush(out []int16) []int16 {
	for ; len(l.ahead) > 0; l.ahead = l.ahead[min(l.step, len(l.ahead)):] {
		out = l.release(out, l.ahead)
	}
	return out
}

// release appends one step. Its gain goes in a straight line to what the peaks of
// this step and the next allow.
func (l *Leveller) release(out, ahead []int16) []int16 {
	if l.meter.hops != l.hops {
		l.hops, l.wanted = l.meter.hops, gainTo(l.target, l.meter.Integrated())
	}
	next := l.wanted
	if l.gain > 0 {
		next = min(max(next, l.gain/slew), l.gain*slew)
	}
	if most := peak(ahead[:min(2*l.step, len(ahead))]); most*next > peakLimit && next > 1 {
		next = max(1, peakLimit/most)
	}
	if l.gain == 0 {
		l.gain = next
	}
	step := ahead[:min(l.step, len(ahead))]
	for i, s := range step {
		out = append(out, scaled(s, l.gain+(next-l.gain)*float64(i)/float64(len(step))))
	}
	l.gain = next
	return out
}
