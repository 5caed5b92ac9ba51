package audio

// A leg's filter between 8 and 16 kHz must be short, since a shard computes it
// 50 times a second for each leg: a half-band filter of 63 taps, of which every
// other is zero. It passes 0 to 3.4 kHz, takes 60 dB off what lies above 4.6 kHz,
// and 6 dB at 4 kHz; what folds back from there falls where G.712 wants a
// telephone to be deaf. It delays by 2 ms. Prompts have the longer filter.
const (
	bridgeHalf   = 16             // taps to each side
	bridgeRow    = 2 * bridgeHalf // taps that are not zero, the middle one apart
	bridgeMemory = 2 * bridgeRow  // samples of the past that either direction needs

	narrowFrame, wideFrame = 160, 320

	bridgeOne = 1 << bridgeBits // the taps' unit
	// bridgeBits keeps the sum of a row, at its loudest, within the 32 bits of a lane.
	bridgeBits = 14
)

// bridgeTaps are the taps from the middle outwards; the other side is the same.
var bridgeTaps = func() (taps [bridgeHalf]int64) {
	var exact [bridgeHalf]float64
	sum := 0.0
	for k := range exact {
		offset := float64(2*k + 1)
		exact[k] = sinc(offset/2) * kaiser(offset/bridgeRow)
		sum += 2 * exact[k]
	}
	rest := int64(bridgeOne / 2)
	for k := len(taps) - 1; k > 0; k-- {
		taps[k] = int64(clip(float32(exact[k] / sum * bridgeOne)))
		rest -= taps[k]
	}
	taps[0] = rest // so that together they are exactly one
	return taps
}()

// Bridge joins one stream of frames to a call of another rate: both are 8 or 16
// kHz. Either may change between two frames without a click, so a port needs one
// for what it says and one for what it hears, and no preparation for a call that
// becomes wideband. The zero Bridge is ready. It has one user.
type Bridge struct {
	from, to int                             // samples of the last frame in and out; 0 after silence
	window   [bridgeMemory + wideFrame]int16 // the last samples of the past, then the frame
}

// Convert returns the sound of src at the rate that dst's length tells: in dst,
// or src itself where nothing needs to change. It changes src only if that is
// dst. Both must be 20 ms of 8 or 16 kHz. It does not allocate.
func (b *Bridge) Convert(dst, src Frame) Frame {
	from, to := b.from, b.to
	b.follow(src)
	b.from, b.to = len(src), len(dst)
	if from == len(src) && to == len(dst) && from == to {
		copy(b.window[:], src[len(src)-bridgeMemory:])
		return src
	}
	copy(b.window[bridgeMemory:], src)
	switch {
	case len(src) == len(dst):
		copy(dst, src)
	case len(src) < len(dst):
		b.up(dst)
	default:
		b.down(dst)
	}
	if from != 0 && (from != len(src) || to != len(dst)) {
		b.fade(dst, from != to)
	}
	copy(b.window[:], b.window[len(src):len(src)+bridgeMemory])
	return dst
}

// SkipFrame notes that a frame was silent: what comes next begins from there.
func (b *Bridge) SkipFrame() {
	if b.from != 0 {
		b.from, b.to = 0, 0
		clear(b.window[:bridgeMemory])
	}
}

// follow brings the past to the rate of the frame that comes, roughly: it lasts
// for a fade.
func (b *Bridge) follow(src Frame) {
	past := b.window[:bridgeMemory]
	switch {
	case b.from == 0 || b.from == len(src):
	case b.from < len(src):
		for i := range bridgeMemory / 2 { // forwards: reading is ahead of writing
			here, next := past[bridgeMemory/2+i], src[0]
			if i < bridgeMemory/2-1 {
				next = past[bridgeMemory/2+i+1]
			}
			past[2*i], past[2*i+1] = here, int16((int(here)+int(next))/2)
		}
	default:
		for i := bridgeMemory - 1; i >= bridgeMemory/2; i-- {
			past[i] = past[2*i-bridgeMemory+1]
		}
		clear(past[:bridgeMemory/2])
	}
}

// up doubles the rate: every other sample is one of the input, the ones between
// are the filter's.
func (b *Bridge) up(dst Frame) {
	var twins [bridgeRow + narrowFrame]int64
	past := b.window[bridgeMemory-bridgeRow+1:]
	past = past[:len(dst)/2+bridgeRow]
	for i := range past[1:] {
		twins[i] = twin(past[i], past[i+1])
	}
	for i := 0; i < len(dst)/2; i += 2 {
		four := dst[2*i : 2*i+4]
		first, second := between((*[bridgeRow]int64)(twins[i:]))
		four[0], four[1] = past[i+bridgeHalf-1], rounded(first, bridgeBits)
		four[2], four[3] = past[i+bridgeHalf], rounded(second, bridgeBits)
	}
}

// down halves the rate: half of each is its own sample, half the filter's of its
// neighbours.
func (b *Bridge) down(dst Frame) {
	var twins [bridgeRow + narrowFrame]int64
	past := b.window[bridgeMemory-2*bridgeRow+2:]
	for i := range len(dst) + bridgeRow - 2 {
		twins[i] = twin(past[2*i], past[2*i+2])
	}
	middles := past[2*bridgeHalf-1:]
	for i := 0; i < len(dst); i += 2 {
		first, second := between((*[bridgeRow]int64)(twins[i:]))
		dst[i] = rounded(first+bridgeOne*int64(middles[2*i]), bridgeBits+1)
		dst[i+1] = rounded(second+bridgeOne*int64(middles[2*i+2]), bridgeBits+1)
	}
}

// twin holds two neighbours in one word, so that one multiplication serves both. The
// lower lane borrows from the upper one where it is negative.
func twin(first, second int16) int64 { return int64(first) + int64(second)<<32 }

// between is the sound in the middle of a row, and in that of the next one, in units
// of bridgeOne. Written out it is twice as fast as in a loop.
func between(r *[bridgeRow]int64) (first, second int64) {
	t := &bridgeTaps
	near := t[0]*(r[15]+r[16]) + t[1]*(r[14]+r[17]) + t[2]*(r[13]+r[18]) + t[3]*(r[12]+r[19]) +
		t[4]*(r[11]+r[20]) + t[5]*(r[10]+r[21])
	middle := t[6]*(r[9]+r[22]) + t[7]*(r[8]+r[23]) + t[8]*(r[7]+r[24]) +
		t[9]*(r[6]+r[25]) + t[10]*(r[5]+r[26]) + t[11]*(r[4]+r[27])
	far := t[12]*(r[3]+r[28]) + t[13]*(r[2]+r[29]) + t[14]*(r[1]+r[30]) + t[15]*(r[0]+r[31])
	both := near + middle + far
	first = int64(int32(both))
	return first, (both - first) >> 32
}

func rounded(sum int64, bits int) int16 {
	return int16(min(max((sum+1<<bits>>1)>>bits, -1<<15), 1<<15-1))
}

// fade begins a frame with the sound as it was before a change of rates, which is
// the input itself, delayed by a filter or not, and turns to dst within 5 ms.
func (b *Bridge) fade(dst Frame, delayed bool) {
	at := bridgeMemory << 1 // in half samples of the window
	if delayed {
		at -= bridgeHalf << 1 * (b.from / narrowFrame)
	}
	step := b.from << 1 / b.to
	n := len(dst) / 4
	for i := range n {
		before := int(b.window[at>>1])
		if at&1 != 0 {
			before = (before + int(b.window[at>>1+1])) / 2
		}
		dst[i] = int16((before*(n-i) + int(dst[i])*i) / n)
		at += step
	}
}
