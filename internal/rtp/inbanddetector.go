package rtp

import "math"

// What makes a block of sound a key (ITU-T Q.24, with some margin for what
// codecs and drifting oscillators do).
const (
	blockMillis4 = 51 // quarters of a ms: 102 samples at 8 kHz, so that 40 ms hold two blocks

	keyShare  = 0.77 // of the block's energy is in the two tones, at least
	keyPeak   = 5.0  // times the power of the others of its group, each is: 7 dB
	highTwist = 4.0  // times the low tone's power, the high one's may be: 4 dB, and 2 that they leak
	lowTwist  = 10.0 // and the other way round: 8 dB, and 2
	keyFloor  = 4e-5 // of full scale's power, less is no key: -44 dB
)

// inbandDetector is a DTMF detector for the sound of a peer without telephone-event:
// eight Goertzel filters over one block after the other. A key is told once, when two
// blocks in a row say it, and is over after two that do not; so presses and
// pauses of 40 ms are enough.
type inbandDetector struct {
	size   int // samples of a block
	turn   [8]float32
	s1, s2 [8]float32 // the filters' memory
	energy float32
	n      int // samples of this block so far

	last   byte // what the block before said; 0 is no key
	held   byte // the key that is down
	missed int  // blocks since it was last heard
}

// tune makes the detector ready for sound of a rate in Hz.
func (e *inbandDetector) tune(rate int) {
	*e = inbandDetector{size: rate * blockMillis4 / 4000}
	for i := range e.turn {
		frequency := lowGroup[i%4]
		if i >= 4 {
			frequency = highGroup[i%4]
		}
		e.turn[i] = float32(2 * math.Cos(2*math.Pi*frequency/float64(rate)))
	}
}

// follow makes the detector ready for frames of a length.
func (e *inbandDetector) follow(samples int) {
	if rate := samples * 50; e.size != rate*blockMillis4/4000 {
		e.tune(rate)
	}
}

// silence takes a frame of it.
func (e *inbandDetector) silence() {
	e.s1, e.s2, e.energy, e.n = [8]float32{}, [8]float32{}, 0, 0
	e.last, e.held, e.missed = 0, 0, 0
}

// detect takes a frame and returns the key that begins in it, or 0.
func (e *inbandDetector) detect(pcm []int16) (key byte) {
	for len(pcm) > 0 {
		n := min(e.size-e.n, len(pcm))
		e.filter(pcm[:n])
		if e.n += n; e.n == e.size {
			if begun := e.judge(e.key()); begun != 0 {
				key = begun // two blocks, so one key at most in a frame
			}
			e.s1, e.s2, e.energy, e.n = [8]float32{}, [8]float32{}, 0, 0
		}
		pcm = pcm[n:]
	}
	return key
}

func (e *inbandDetector) filter(pcm []int16) {
	energy := float32(0)
	for _, sample := range pcm {
		x := float32(sample) / 32768
		energy += x * x
	}
	e.energy += energy
	e.filterGroup(0, pcm)
	e.filterGroup(4, pcm)
}

// filterGroup runs four filters at once: their memory then stays in registers,
// and none waits for another.
func (e *inbandDetector) filterGroup(group int, pcm []int16) {
	turn := (*[4]float32)(e.turn[group:])
	s1, s2 := (*[4]float32)(e.s1[group:]), (*[4]float32)(e.s2[group:])
	ta, tb, tc, td := turn[0], turn[1], turn[2], turn[3]
	a1, b1, c1, d1 := s1[0], s1[1], s1[2], s1[3]
	a2, b2, c2, d2 := s2[0], s2[1], s2[2], s2[3]
	for _, sample := range pcm {
		x := float32(sample) / 32768
		a1, a2 = x+ta*a1-a2, a1
		b1, b2 = x+tb*b1-b2, b1
		c1, c2 = x+tc*c1-c2, c1
		d1, d2 = x+td*d1-d2, d1
	}
	*s1, *s2 = [4]float32{a1, b1, c1, d1}, [4]float32{a2, b2, c2, d2}
}

// judge takes what a block says and returns the key that begins with it.
func (e *inbandDetector) judge(said byte) (begun byte) {
	switch {
	case said != 0 && said == e.held:
		e.missed = 0
	case said != 0 && said == e.last:
		e.held, e.missed, begun = said, 0, said
	case e.held != 0:
		if e.missed++; e.missed >= 2 {
			e.held = 0
		}
	}
	e.last = said
	return begun
}

// key returns what this block says.
func (e *inbandDetector) key() byte {
	if e.energy < keyFloor*float32(e.size) {
		return 0
	}
	row, low := e.strongest(0)
	column, high := e.strongest(4)
	switch {
	case row < 0 || column < 0:
		return 0
	case high > low*highTwist || low > high*lowTwist:
		return 0
	// A sine's power here is size·size/4 times its squared amplitude, its energy size/2 times.
	case (low+high)*2 < keyShare*e.energy*float32(e.size):
		return 0
	}
	return keypad[row][column]
}

// strongest returns the tone of a group that stands out, -1 for none, and its power.
func (e *inbandDetector) strongest(group int) (at int, power float32) {
	second := float32(0)
	for i := range 4 {
		s1, s2 := e.s1[group+i], e.s2[group+i]
		switch p := s1*s1 + s2*s2 - e.turn[group+i]*s1*s2; {
		case p > power:
			at, power, second = i, p, power
		case p > second:
			second = p
		}
	}
	if power < second*keyPeak {
		return -1, 0
	}
	return at, power
}
