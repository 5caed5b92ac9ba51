package codec

// G.722 at 64 kbit/s (mode 1): a filter splits 16 kHz sound into two bands of
// 8 kHz, and each pair of their samples becomes one byte, 6 bits for the low
// band and 2 for the high one (ITU-T G.722).

const (
	// subBandMemory is how many samples before a pair the filter looks back at.
	subBandMemory = 22
	// subBandBlock is how many samples are filtered between two moves of memory.
	subBandBlock = 320
)

// g722Encoder is one stream's encoder.
type g722Encoder struct {
	low, high band
	heard     [subBandMemory + subBandBlock]int16
}

func newG722Encoder() *g722Encoder { return &g722Encoder{low: newLowBand(), high: newHighBand()} }

// Encode implements Encoder. A last odd sample is left out.
func (e *g722Encoder) Encode(dst []byte, pcm []int16) int {
	n := 0
	for len(pcm) >= 2 {
		block := pcm[:min(len(pcm)&^1, subBandBlock)]
		copy(e.heard[subBandMemory:], block)
		for i := 0; i < len(block); i += 2 {
			low, high := analyse((*[24]int16)(e.heard[i:]))
			dst[n] = e.pair(low, high)
			n++
		}
		copy(e.heard[:subBandMemory], e.heard[len(block):])
		pcm = pcm[len(block):]
	}
	return n
}

// analyse is the transmitting filter (§3.1): the sum and the difference of its
// two halves are the bands. They have 15 bits.
func analyse(x *[24]int16) (low, high int32) {
	var even, odd int32
	for i, tap := range subBandTaps {
		odd += tap * int32(x[2*i])
		even += subBandTaps[11-i] * int32(x[2*i+1])
	}
	return limit15((even + odd) >> 14), limit15((even - odd) >> 14)
}

// pair encodes a sample of each band.
func (e *g722Encoder) pair(low, high int32) byte {
	difference := limit(high - e.high.predicted)
	code := byte(highCode(difference, e.high.step))
	e.high.adapt(e.high.step*highOutput[code]>>15, highGrowth[code])

	difference = limit(low - e.low.predicted)
	lowCode := lowCode(difference, e.low.step)
	e.low.adapt(e.low.step*lowOutput4[lowCode>>2]>>15, lowGrowth[lowCode>>2])
	return code<<6 | lowCode
}

// lowCode quantizes with 60 levels: block QUANTL.
func lowCode(difference, step int32) byte {
	sign := difference >> 31
	magnitude := difference ^ sign
	at := 0 // the last level that the magnitude reaches
	for jump := 16; jump > 0; jump >>= 1 {
		if next := at + jump; next < len(lowLevels) && magnitude >= lowLevels[next]*step>>12 {
			at = next
		}
	}
	return lowCodes[sign&1][at]
}

// highCode quantizes with 4 levels: block QUANTH.
func highCode(difference, step int32) int32 {
	sign := difference >> 31
	loud := int32(0)
	if difference^sign >= highLevel*step>>12 {
		loud = 1
	}
	return 3 + 2*sign - loud // 3 and 2 above zero, 1 and 0 below
}

// g722Decoder is one stream's decoder.
type g722Decoder struct {
	low, high band
	said      [subBandMemory + subBandBlock]int16 // sums and differences of the bands, in turn
}

func newG722Decoder() *g722Decoder { return &g722Decoder{low: newLowBand(), high: newHighBand()} }

// Reset implements Resetter.
func (d *g722Decoder) Reset() { *d = g722Decoder{low: newLowBand(), high: newHighBand()} }

// Decode implements Decoder: two samples for each byte.
func (d *g722Decoder) Decode(dst []int16, payload []byte) int {
	payload = payload[:min(len(payload), len(dst)/2)]
	n := 0
	for len(payload) > 0 {
		block := payload[:min(len(payload), subBandBlock/2)]
		for i, code := range block {
			low, high := d.pair(code)
			d.said[subBandMemory+2*i] = int16(low + high)
			d.said[subBandMemory+2*i+1] = int16(low - high)
			dst[n], dst[n+1] = synthesize((*[24]int16)(d.said[2*i:]))
			n += 2
		}
		copy(d.said[:subBandMemory], d.said[2*len(block):])
		payload = payload[len(block):]
	}
	return n
}

// pair decodes a sample of each band. The sound has all 6 bits of the low band,
// the predictor 4.
func (d *g722Decoder) pair(code byte) (low, high int32) {
	lowCode, highCode := code&63, code>>6
	low = limit15(d.low.predicted + d.low.step*lowOutput6[lowCode]>>15)
	d.low.adapt(d.low.step*lowOutput4[lowCode>>2]>>15, lowGrowth[lowCode>>2])

	difference := d.high.step * highOutput[highCode] >> 15
	high = limit15(d.high.predicted + difference)
	d.high.adapt(difference, highGrowth[highCode])
	return low, high
}

// synthesize is the receiving filter (§4.4).
func synthesize(x *[24]int16) (first, second int16) {
	var a, b int32
	for i, tap := range subBandTaps {
		b += tap * int32(x[2*i])
		a += subBandTaps[11-i] * int32(x[2*i+1])
	}
	return int16(limit(a >> 11)), int16(limit(b >> 11))
}

// limit15 keeps a band's sample within the 15 bits that the recommendation has
// for it.
func limit15(v int32) int32 { return min(max(v, -16384), 16383) }
