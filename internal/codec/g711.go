package codec

import "math/bits"

// G.711 is written for 14-bit (µ-law) and 13-bit (A-law) sound; ours has 16
// bits. Encoding drops the low bits, which turns a negative sample into its
// ones' complement plus sign, the symmetry that the recommendation asks for.
const (
	muLawShift = 2
	aLawShift  = 3

	muLawBias = 33     // moves every segment's start to a power of two
	muLawMax  = 0x1fff // the largest biased magnitude
)

var (
	muLawEncoded = encodeTable[[1 << 14]byte](muLawCode)
	aLawEncoded  = encodeTable[[1 << 13]byte](aLawCode)
	muLawDecoded = decodeTable(muLawValue)
	aLawDecoded  = decodeTable(aLawValue)
)

// encodeTable asks code for every sample of the table's width, in the order of
// the samples' unsigned bit patterns.
func encodeTable[T [1 << 14]byte | [1 << 13]byte](code func(magnitude int, negative bool) byte) T {
	var table T
	for i := range len(table) {
		if i < len(table)/2 {
			table[i] = code(i, false)
		} else {
			table[i] = code(len(table)-1-i, true)
		}
	}
	return table
}

func decodeTable(value func(code byte) int16) (table [256]int16) {
	for i := range table {
		table[i] = value(byte(i))
	}
	return table
}

// muLawCode returns the µ-law character of a 13-bit magnitude (G.711 table 2a:
// sign, segment, step; all bits inverted on the line).
func muLawCode(magnitude int, negative bool) byte {
	biased := min(magnitude+muLawBias, muLawMax)
	segment := bits.Len(uint(biased)) - 6
	code := byte(segment<<4 | biased>>(segment+1)&0x0f)
	if negative {
		code |= 0x80
	}
	return ^code
}

func muLawValue(code byte) int16 {
	code = ^code
	segment, step := int(code>>4&7), int(code&0x0f)
	value := int16(((step<<1|muLawBias)<<segment - muLawBias) << muLawShift)
	if code&0x80 != 0 {
		return -value
	}
	return value
}

// aLawCode returns the A-law character of a 12-bit magnitude (G.711 table 1a:
// sign, segment, step; even bits inverted on the line).
func aLawCode(magnitude int, negative bool) byte {
	segment := max(bits.Len(uint(magnitude))-5, 0)
	code := byte(segment<<4 | magnitude>>max(segment, 1)&0x0f)
	if !negative {
		code |= 0x80
	}
	return code ^ 0x55
}

func aLawValue(code byte) int16 {
	code ^= 0x55
	segment, step := int(code>>4&7), int(code&0x0f)
	value := step<<1 | 1 // the middle of the step
	if segment > 0 {
		value = (value + 32) << (segment - 1)
	}
	if code&0x80 == 0 {
		value = -value
	}
	return int16(value << aLawShift)
}

type muLaw struct{}

func (muLaw) Encode(dst []byte, pcm []int16) int {
	dst = dst[:len(pcm)]
	for i, sample := range pcm {
		dst[i] = muLawEncoded[uint16(sample)>>muLawShift]
	}
	return len(pcm)
}

func (muLaw) Decode(dst []int16, payload []byte) int { return expand(&muLawDecoded, dst, payload) }

type aLaw struct{}

func (aLaw) Encode(dst []byte, pcm []int16) int {
	dst = dst[:len(pcm)]
	for i, sample := range pcm {
		dst[i] = aLawEncoded[uint16(sample)>>aLawShift]
	}
	return len(pcm)
}

func (aLaw) Decode(dst []int16, payload []byte) int { return expand(&aLawDecoded, dst, payload) }

func expand(table *[256]int16, dst []int16, payload []byte) int {
	n := min(len(dst), len(payload))
	dst, payload = dst[:n], payload[:n]
	for i, code := range payload {
		dst[i] = table[code]
	}
	return n
}
