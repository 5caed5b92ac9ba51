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

// WAVWriter writes a 16-bit mono WAV file of unknown length. What was written is
// playable at any moment, also if Close never comes: until then the header says
// "to the end".
type WAVWriter struct {
	out    io.WriteSeeker
	rate   int
	size   int64 // bytes of samples
	buffer []byte
}

// NewWAVWriter writes the header, at the beginning of out. Writes are not
// buffered.
func NewWAVWriter(out io.WriteSeeker, rate int) (*WAVWriter, error) {
	if _, err := out.Write(wavHeader(nil, rate, unknownSize)); err != nil {
		return nil, fmt.Errorf("write WAV header: %w", err)
	}
	return &WAVWriter{out: out, rate: rate}, nil
}

// Write appends samples. A file that would exceed 4 GB is refused.
func (w *WAVWriter) Write(samples []int16) error {
	if err := fitsWAV(w.size + int64(len(samples))*sampleSize); err != nil {
		return err
	}
	w.buffer = appendSamples(w.buffer[:0], samples)
	n, err := w.out.Write(w.buffer)
	w.size += int64(n)
	if err != nil {
		return fmt.Errorf("write WAV: %w", err)
	}
	return nil
}

// Close puts the true sizes into the header. It does not close what is written to.
func (w *WAVWriter) Close() error {
	if _, err := w.out.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("finish WAV: %w", err)
	}
	if _, err := w.out.Write(wavHeader(nil, w.rate, uint32(w.size))); err != nil {
		return fmt.Errorf("finish WAV: %w", err)
	}
	_, err := w.out.Seek(0, io.SeekEnd)
	return err
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
	riff := size
	if size != unknownSize {
		riff += wavHeaderSize - 8
	}
	to = append(to, "RIFF"...)
	to = le.AppendUint32(to, riff)
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
