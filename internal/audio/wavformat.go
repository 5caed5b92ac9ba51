package audio

import (
	"encoding/binary"
	"fmt"
)

// The encodings of a fmt chunk, by their tags in mmreg.h.
const (
	wavPCM        = 0x0001
	wavFloat      = 0x0003
	wavALaw       = 0x0006
	wavMuLaw      = 0x0007
	wavExtensible = 0xFFFE
)

// wavFormatSize is the longest fmt chunk that means something here.
const wavFormatSize = 40

// What is taken for a sane file.
const (
	minRate     = 4_000
	maxRate     = 192_000
	maxChannels = 32
)

// wavFormat says how samples lie in the data chunk.
type wavFormat struct {
	channels int
	rate     int // Hz; 0 before a fmt chunk was read
	bytes    int // of one sample of one channel
	sample   func([]byte) float32
}

// frameSize is the size of one sample of all channels, in bytes.
func (f wavFormat) frameSize() int { return f.channels * f.bytes }

// mono averages the channels of the sample frame that b starts with.
func (f wavFormat) mono(b []byte) int16 {
	if f.channels == 1 {
		return clip(f.sample(b))
	}
	var sum float32
	for c := range f.channels {
		sum += f.sample(b[c*f.bytes:])
	}
	return clip(sum / float32(f.channels))
}

// parseWAVFormat reads a fmt chunk: tag, channels, rate, bytes per second,
// block size, bits, and in the extensible form the tag behind them.
func parseWAVFormat(chunk []byte) (wavFormat, error) {
	if len(chunk) < 16 {
		return wavFormat{}, fmt.Errorf("the WAV file's format has %d bytes, 16 are needed", len(chunk))
	}
	field := func(at int) int { return int(binary.LittleEndian.Uint16(chunk[at:])) }
	tag, channels, block, bits := field(0), field(2), field(12), field(14)
	rate := binary.LittleEndian.Uint32(chunk[4:])
	if tag == wavExtensible {
		if len(chunk) < wavFormatSize {
			return wavFormat{}, fmt.Errorf("the WAV file's extensible format has %d bytes, %d are needed", len(chunk), wavFormatSize)
		}
		// The sub-format GUID starts with the tag. Valid bits, when fewer, are the
		// upper ones of each sample and need no care.
		tag = field(24)
	}
	if channels < 1 || channels > maxChannels {
		return wavFormat{}, fmt.Errorf("the WAV file has %d channels; 1 to %d are read", channels, maxChannels)
	}
	if rate < minRate || rate > maxRate {
		return wavFormat{}, fmt.Errorf("the WAV file's rate is %d Hz; %d to %d are read", rate, minRate, maxRate)
	}
	decode := wavDecoder(tag, bits)
	if decode == nil {
		return wavFormat{}, fmt.Errorf("the WAV file's encoding is %s with %d bits; "+
			"PCM of 8, 16, 24, 32 bits, float of 32, 64, A-law and µ-law of 8 are read", wavTagName(tag), bits)
	}
	f := wavFormat{channels: channels, rate: int(rate), bytes: bits / 8, sample: decode}
	if block != 0 && block != f.frameSize() {
		return wavFormat{}, fmt.Errorf("the WAV file's blocks of %d bytes do not hold %d channels of %d bits", block, channels, bits)
	}
	return f, nil
}

// wavTagName names the encodings that people meet.
func wavTagName(tag int) string {
	switch tag {
	case wavPCM:
		return "PCM"
	case wavFloat:
		return "float"
	case wavALaw:
		return "A-law"
	case wavMuLaw:
		return "µ-law"
	case 0x0002, 0x0011:
		return "ADPCM"
	case 0x0031:
		return "GSM 6.10"
	case 0x0055:
		return "MP3"
	}
	return fmt.Sprintf("0x%04X", tag)
}
