package speech

import (
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// longestSound bounds what a provider may say for one prompt.
const longestSound = 30 * time.Minute

// FromWAV makes a Sound of a WAV file that is still being written. It closes the file
// with the sound, and if it is none.
func FromWAV(file io.ReadCloser) (*Sound, error) {
	wav, err := audio.NewWAVReader(file, longestSound)
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("it has sent no WAV file: %w", err)
	}
	return &Sound{Rate: wav.Rate(), ReadCloser: &wavSound{wav: wav, file: file}}, nil
}

// wavSound is the samples of a WAV file as 16-bit little-endian mono.
type wavSound struct {
	wav  *audio.WAVReader
	file io.Closer
	in   [1024]int16
	left []byte
}

// Read implements io.Reader.
func (w *wavSound) Read(p []byte) (int, error) {
	if len(w.left) == 0 {
		n, err := w.wav.Read(w.in[:])
		if n == 0 {
			return 0, err
		}
		w.left = w.left[:0]
		for _, s := range w.in[:n] {
			w.left = binary.LittleEndian.AppendUint16(w.left, uint16(s))
		}
	}
	n := copy(p, w.left)
	w.left = w.left[n:]
	return n, nil
}

// Close implements io.Closer.
func (w *wavSound) Close() error { return w.file.Close() }

// ending runs something when a sound is closed.
type ending struct {
	io.ReadCloser
	after func()
}

// Close implements io.Closer.
func (e *ending) Close() error {
	defer e.after()
	return e.ReadCloser.Close()
}
