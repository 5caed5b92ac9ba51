package audio

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"time"
)

// WAVReader decodes a RIFF/WAVE file to 16-bit mono while it arrives. Its memory
// does not depend on the file's length. (Multimedia Programming Interface and
// Data Specifications 1.0, chapter "WAVE"; WAVE_FORMAT_EXTENSIBLE of mmreg.h.)
type WAVReader struct {
	in     *bufio.Reader
	format wavFormat
	left   int64 // bytes of the data chunk still to come, at most
	frames int64 // sample frames that the limit still allows
	limit  time.Duration
	block  []byte
}

// wavBlockFrames is how many sample frames are decoded at a time.
const wavBlockFrames = 1024

// unknownSize is what a writer that cannot seek leaves as a chunk's size.
const unknownSize = math.MaxUint32

// NewWAVReader reads up to the first sample. Accepted are 8, 16, 24 and 32-bit
// PCM, 32 and 64-bit float, A-law and µ-law; 1 to 32 channels, which are
// averaged; 4 to 192 kHz. Reading more than limit of sound, which is positive,
// is an error.
//
// Errors of r are wrapped; every other error says what is wrong with the file.
func NewWAVReader(r io.Reader, limit time.Duration) (*WAVReader, error) {
	w := &WAVReader{in: bufio.NewReader(r), limit: limit}
	if err := w.readHeader(); err != nil {
		return nil, err
	}
	w.frames = int64(limit.Seconds() * float64(w.format.rate))
	w.block = make([]byte, wavBlockFrames*w.format.frameSize())
	return w, nil
}

// Rate returns the file's sample rate in Hz.
func (w *WAVReader) Rate() int { return w.format.rate }

// Length returns how many bytes of samples are still to come, as the file says;
// false if its writer did not know.
func (w *WAVReader) Length() (bytes int64, known bool) {
	return w.left, w.left < math.MaxInt64/2
}

// Duration returns how long so many bytes of the file's samples last.
func (w *WAVReader) Duration(bytes int64) time.Duration {
	return time.Duration(float64(bytes) / float64(w.format.frameSize()*w.format.rate) * float64(time.Second))
}

// Read fills samples and returns how many there were, with io.EOF after the
// last. A data chunk that ends early ends there; half a sample is dropped.
func (w *WAVReader) Read(samples []int16) (int, error) {
	size := w.format.frameSize()
	n := min(len(samples), wavBlockFrames)
	want := min(int64(n*size), w.left)
	got, err := io.ReadFull(w.in, w.block[:want])
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return 0, fmt.Errorf("read samples: %w", err)
	}
	w.left -= want
	if int64(got) < want {
		w.left = 0
	}
	n = got / size
	if w.frames -= int64(n); w.frames < 0 {
		return 0, fmt.Errorf("longer than %v, which is the limit", w.limit)
	}
	if n == 0 && len(samples) > 0 {
		return 0, io.EOF
	}
	for i := range n {
		samples[i] = w.format.mono(w.block[i*size:])
	}
	return n, nil
}

// ReadWAV decodes a whole file as NewWAVReader does, at its own rate.
func ReadWAV(r io.Reader, limit time.Duration) (samples []int16, rate int, err error) {
	w, err := NewWAVReader(r, limit)
	if err != nil {
		return nil, 0, err
	}
	samples, err = DecodeAll(w, w.Rate())
	return samples, w.Rate(), err
}

// readHeader walks the chunks up to the samples.
func (w *WAVReader) readHeader() error {
	var riff [12]byte
	if n, err := io.ReadFull(w.in, riff[:]); err != nil {
		return shortOr(err, "not a WAV file: it has %d bytes", n)
	}
	if string(riff[:4]) == "RIFX" {
		return errors.New("a big-endian RIFX file: only RIFF is read")
	}
	if string(riff[:4]) != "RIFF" || string(riff[8:]) != "WAVE" {
		return fmt.Errorf("not a WAV file: it starts with %q", riff[:])
	}
	for {
		var head [8]byte
		if _, err := io.ReadFull(w.in, head[:]); err != nil {
			return shortOr(err, "the WAV file ends before its samples (no data chunk)")
		}
		size := int64(binary.LittleEndian.Uint32(head[4:]))
		switch string(head[:4]) {
		case "fmt ":
			if err := w.readFormat(size); err != nil {
				return err
			}
		case "data":
			return w.startData(size)
		default:
			if err := w.skip(size); err != nil {
				return err
			}
		}
		if err := w.skipPadding(size); err != nil {
			return err
		}
	}
}

func (w *WAVReader) startData(size int64) error {
	if w.format.rate == 0 {
		return errors.New("the WAV file's samples come before their format (no fmt chunk)")
	}
	if size == 0 || size == unknownSize {
		size = math.MaxInt64 // written while streaming: the samples reach to the end
	}
	w.left = size
	return nil
}

func (w *WAVReader) readFormat(size int64) error {
	var chunk [wavFormatSize]byte
	n := min(size, wavFormatSize)
	if _, err := io.ReadFull(w.in, chunk[:n]); err != nil {
		return shortOr(err, "the WAV file ends within its format")
	}
	format, err := parseWAVFormat(chunk[:n])
	if err != nil {
		return err
	}
	w.format = format
	return w.skip(size - n)
}

func (w *WAVReader) skip(n int64) error {
	if _, err := io.CopyN(io.Discard, w.in, n); err != nil {
		return shortOr(err, "the WAV file ends before its samples (no data chunk)")
	}
	return nil
}

// skipPadding takes the zero that follows a chunk of odd size. Some writers
// forget it; a chunk's name never starts with zero, so both can be read.
func (w *WAVReader) skipPadding(size int64) error {
	if size%2 == 0 {
		return nil
	}
	next, err := w.in.Peek(1)
	if err == nil && next[0] == 0 {
		_, err = w.in.Discard(1)
	}
	if err == io.EOF {
		return nil // the next chunk's header will miss it
	}
	return err
}

// shortOr says what it means that the file is too short; other errors stay.
func shortOr(err error, format string, args ...any) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return fmt.Errorf(format, args...)
	}
	return fmt.Errorf("read WAV: %w", err)
}
