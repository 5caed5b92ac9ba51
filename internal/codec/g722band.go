package codec

// band is the adaptive predictor and quantizer of one sub-band: the part of
// G.722 that encoder and decoder do alike (§3.5, §3.6). Numbers are the 16-bit
// ones of the recommendation in wider variables; where a value cannot leave 16
// bits it is not limited again.
type band struct {
	predicted int32 // s: what the next sample is believed to be
	zeros     int32 // sz: the zeros' part of that
	log, step int32 // the quantizer's scale: its logarithm, and itself

	a1, a2         int32    // the poles
	r1, r2         int32    // reconstructed signal, the last two
	p1, p2         int32    // the same without the poles' part
	b              [6]int32 // the zeros
	d              [6]int32 // the last six differences
	logMax, offset int32
}

func newLowBand() band {
	return band{step: steps[lowLogOffset/64], logMax: lowLogMax, offset: lowLogOffset}
}

func newHighBand() band { return band{step: steps[0], logMax: highLogMax} }

// adapt takes the quantized difference of a sample and predicts the next one;
// growth is what the sample's code adds to the scale.
func (b *band) adapt(difference, growth int32) {
	b.rescale(growth)
	partial := limit(b.zeros + difference)
	reconstructed := limit(b.predicted + difference)
	b.movePoles(partial)
	b.moveZeros(difference)
	b.p1, b.p2 = partial, b.p1
	b.r1, b.r2 = reconstructed, b.r1
	poles := limit(b.a1*limit(2*b.r1)>>15 + b.a2*limit(2*b.r2)>>15)
	b.predicted = limit(poles + b.zeros)
}

// rescale follows the loudness: blocks LOGSCL and SCALEL, LOGSCH and SCALEH.
func (b *band) rescale(growth int32) {
	b.log = min(max(b.log*127>>7+growth, 0), b.logMax)
	b.step = steps[uint32(b.log+b.offset)>>6]
}

// movePoles adapts a1 and a2 by the signs alone, and keeps them stable: blocks
// UPPOL2 and UPPOL1. A sign is the number's, zero being positive; the exclusive
// or of two numbers is negative where their signs differ.
func (b *band) movePoles(partial int32) {
	sign1, sign2 := (partial^b.p1)>>31, (partial^b.p2)>>31 // 0, or -1 if they differ
	four := limit(4 * b.a1)
	turned := min(^sign1^four-^sign1, 32767)
	b.a2 = min(max(turned>>7+(128^sign2-sign2)+b.a2*127>>7, -12288), 12288)
	most := 15360 - b.a2
	b.a1 = min(max((192^sign1-sign1)+b.a1*255>>8, -most), most)
}

// moveZeros adapts the zeros, takes the difference into their memory and
// filters: blocks UPZERO, DELAYA and FILTEZ. They cannot leave 16 bits: 255/256
// of 32768 and 128 are just that.
func (b *band) moveZeros(difference int32) {
	pull := int32(128)
	if difference == 0 {
		pull = 0
	}
	sum, next := int32(0), difference
	for i := range b.b {
		old := b.d[i]
		sign := (difference ^ old) >> 31
		tap := b.b[i]*255>>8 + (pull ^ sign - sign)
		b.b[i], b.d[i] = tap, next
		sum += tap * 2 * next >> 15
		next = old
	}
	b.zeros = limit(sum)
}

// limit keeps a number within 16 bits.
func limit(v int32) int32 { return min(max(v, -32768), 32767) }
