package audio

import (
	"encoding/binary"
	"math"
)

// wavDecoder returns what turns one sample into the scale of 16 bits, or nil
// where the encoding is not read.
func wavDecoder(tag, bits int) func([]byte) float32 {
	switch {
	case tag == wavPCM && bits == 8:
		return func(b []byte) float32 { return float32(int(b[0])-128) * 256 } // the only unsigned one
	case tag == wavPCM && bits == 16:
		return func(b []byte) float32 { return float32(int16(binary.LittleEndian.Uint16(b))) }
	case tag == wavPCM && bits == 24:
		return func(b []byte) float32 {
			return float32(int32(uint32(b[0])<<8|uint32(b[1])<<16|uint32(b[2])<<24)) / (1 << 16)
		}
	case tag == wavPCM && bits == 32:
		return func(b []byte) float32 { return float32(int32(binary.LittleEndian.Uint32(b))) / (1 << 16) }
	case tag == wavFloat && bits == 32:
		return func(b []byte) float32 { return fullScale * math.Float32frombits(binary.LittleEndian.Uint32(b)) }
	case tag == wavFloat && bits == 64:
		return func(b []byte) float32 {
			return fullScale * float32(math.Float64frombits(binary.LittleEndian.Uint64(b)))
		}
	case tag == wavALaw && bits == 8:
		return func(b []byte) float32 { return aLaw(b[0]) }
	case tag == wavMuLaw && bits == 8:
		return func(b []byte) float32 { return muLaw(b[0]) }
	}
	return nil
}

// fullScale is 1.0 of a floating-point file in 16 bits.
const fullScale = 1 << 15

// aLaw expands a sample of ITU-T G.711 A-law, whose even bits are inverted on
// the wire: sign, three bits of exponent, four of mantissa.
func aLaw(b byte) float32 {
	b ^= 0x55
	magnitude := int(b&0x0F)<<4 + 8
	if exponent := b >> 4 & 7; exponent > 0 {
		magnitude = (magnitude + 0x100) << (exponent - 1)
	}
	if b&0x80 == 0 {
		magnitude = -magnitude
	}
	return float32(magnitude)
}

// muLaw expands a sample of ITU-T G.711 µ-law, all of whose bits are inverted
// on the wire; 132 is the bias that makes its segments meet.
func muLaw(b byte) float32 {
	const bias = 132
	b = ^b
	magnitude := (int(b&0x0F)<<3+bias)<<(b>>4&7) - bias
	if b&0x80 != 0 {
		magnitude = -magnitude
	}
	return float32(magnitude)
}
