package rtp

import "math"

// maxReflections bounds the order of the noise's model; RFC 3389 §3.3 lets a
// receiver leave the higher ones out.
const maxReflections = 10

// comfortNoise is the noise that a peer which sends nothing in its pauses wants to be
// heard then (RFC 3389): white noise of a level, shaped by an all-pole filter in
// its lattice form.
type comfortNoise struct {
	on          bool
	amplitude   float32 // of the white noise
	reflections [maxReflections]float32
	order       int
	memory      [maxReflections + 1]float32
	random      uint32
}

// configure takes a payload: the level in -dBov, then reflection coefficients. An
// empty one means nothing.
func (n *comfortNoise) configure(payload []byte) {
	if len(payload) == 0 {
		return
	}
	level := math.Pow(10, -float64(payload[0]&0x7f)/20)
	n.order = min(len(payload)-1, maxReflections)
	power := 1.0 // what the filter leaves of the white noise's
	for i := range n.order {
		k := 258 * (float64(payload[1+i]) - 127) / 32768 // RFC 3389 §3.2
		k = min(max(k, -0.99), 0.99)
		n.reflections[i] = float32(k)
		power *= 1 - k*k
	}
	// Of a uniform distribution the amplitude is √3 times the effective value.
	n.amplitude = float32(32768 * level * math.Sqrt(3*power))
	n.on = true
}

// fill makes the next samples, zeroes while there is no noise.
func (n *comfortNoise) fill(pcm []int16) {
	if !n.on {
		clear(pcm)
		return
	}
	for i := range pcm {
		n.random = n.random*1664525 + 1013904223
		sample := n.amplitude * float32(int32(n.random)) / (1 << 31)
		pcm[i] = limited(int(n.shape(sample)))
	}
}

// shape is one step of the lattice.
func (n *comfortNoise) shape(forward float32) float32 {
	for i := n.order - 1; i >= 0; i-- {
		forward -= n.reflections[i] * n.memory[i]
		n.memory[i+1] = n.memory[i] + n.reflections[i]*forward
	}
	n.memory[0] = forward
	return forward
}
