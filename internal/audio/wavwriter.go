package audio

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

const (
	wavHeaderSize = 44
	sampleSize    = 2 // bytes
)

// WriteWAV writes samples as a complete 16-bit mono WAV file.
func WriteWAV(w io.Writer, rate int, samples []int16) error {
	size := int64(len(samples)) * sampleSize
	if err := fitsWAV(size); err != nil {
		return err
	}
	file := wavHeader(make([]byte, 0, wavHeaderSize+size), rate, uint32(size))
	if _, err := w.Write(appendSamples(file, samples)); err != nil {
		return fmt.Errorf("write WAV: %w", err)
	}
	return nil
}

func fitsWAV(size int64) error {
	if size > math.MaxUint32-wavHeaderSize {
		return fmt.Errorf("a WAV file holds 4 GB, not %d bytes", size)
	}
	return nil
}

// wavHeader appends a header whose sizes are those of size bytes of samples.
func wavHeader(to []byte, rate int, size uint32) []byte {
	le := binary.LittleEndian
	to = append(to, "RIFF"...)
	to = le.AppendUint32(to, size+wavHeaderSize-8)
	to = append(to, "WAVEfmt "...)
	to = le.AppendUint32(to, 16)
	to = le.AppendUint16(to, wavPCM)
	to = le.AppendUint16(to, 1)
	to = le.AppendUint32(to, uint32(rate))
	to = le.AppendUint32(to, uint32(rate)*sampleSize)
	to = le.AppendUint16(to, sampleSize)
	to = le.AppendUint16(to, 8*sampleSize)
	to = append(to, "data"...)
	return le.AppendUint32(to, size)
}

func appendSamples(to []byte, samples []int16) []byte {
	for _, s := range samples {
		to = binary.LittleEndian.AppendUint16(to, uint16(s))
	}
	return to
}
