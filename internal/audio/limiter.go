package audio

import "math"

const (
	unity       = 1 << 16 // the gain of a limiter at rest
	limitParts  = 8       // of a frame: 2.5 ms each
	limitReturn = 8       // a gain returns by 1/2^8 a part: 13.6 dB a second
)

// Limiter keeps what several say together within 16 bits: where their sum is louder, it is
// made quieter as a whole, for as long as it must be and a little longer. A sum that fits
// stays as it is. The zero Limiter is at rest; two that are equal do the same with the
// same frame. One belongs to one hearer.
type Limiter struct {
	lack int32 // of the gain, to unity
}

// Sum writes a total of voices, limited, into a frame.
func (l *Limiter) Sum(dst Frame, total []int32) {
	total = total[:len(dst)]
	var bits uint32
	for i, s := range total {
		dst[i] = int16(s)
		bits |= uint32(s + 1<<15)
	}
	if Over(bits) || l.lack != 0 {
		l.limit(dst, total)
	}
}

// Over reports whether one of the samples s was outside 16 bits of which a caller has
// gathered uint32(s + 1<<15) by OR.
func Over(bits uint32) bool { return bits > math.MaxUint16 }

// Voice returns what is heard of a single voice, after there were more: the frame as it is,
// or what it is in room.
func (l *Limiter) Voice(room, said Frame) Frame {
	if l.lack == 0 {
		return said
	}
	return l.voice(room[:len(said)], said)
}

func (l *Limiter) voice(room, said Frame) Frame {
	var total [wideFrame]int32
	for i, s := range said {
		total[i] = int32(s)
	}
	l.limit(room, total[:len(said)])
	return room
}

// Silence is told where nothing is heard: what comes next begins at full gain.
func (l *Limiter) Silence() { l.lack = 0 }

// AtRest reports whether a frame that fits would stay as it is.
func (l *Limiter) AtRest() bool { return l.lack == 0 }

// limit moves the gain in a straight line through each part of a frame, so that no part of
// it is too loud. Only the first part can be that, where it is much louder than the frame
// before: what is beyond 16 bits of it is cut off.
func (l *Limiter) limit(dst Frame, total []int32) {
	n := len(dst) / limitParts
	var most [limitParts + 1]int32
	for k := range limitParts {
		most[k] = mostGain(total[k*n : (k+1)*n])
	}
	most[limitParts] = unity // of the next frame nothing is known
	gain := unity - l.lack
	for k := range limitParts {
		next := min(gain+gain>>limitReturn+1, most[k], most[k+1])
		scale(dst[k*n:(k+1)*n], total[k*n:(k+1)*n], gain, next)
		gain = next
	}
	l.lack = unity - gain
}

// mostGain is the gain at which the loudest sample just fits.
func mostGain(total []int32) int32 {
	peak := int64(0)
	for _, s := range total {
		peak = max(peak, int64(s^s>>31)) // −32768 fits as 32767 does
	}
	if peak <= math.MaxInt16 {
		return unity
	}
	return int32((math.MaxInt16*unity + peak - 1) / peak)
}

// scale applies a gain that changes from one value to another.
func scale(dst Frame, total []int32, from, to int32) {
	gain := int64(from) << 16
	step := int64(to-from) << 16 / int64(len(dst))
	for i, s := range total[:len(dst)] {
		v := (int64(s)*(gain>>16) + unity/2) >> 16
		dst[i] = int16(min(max(v, math.MinInt16), math.MaxInt16))
		gain += step
	}
}
