// Package soundfile reads the files that applications have played, while they
// arrive: WAV, MP3 (ISO/IEC 11172-3 and 13818-3, layer III), and Opus in Ogg (RFC
// 3533, RFC 7845) if the system has libopus. All become 16-bit mono. It owns no
// memory that grows with a file's length.
package soundfile

import (
	"bufio"
	"fmt"
	"io"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// Reader is a file that is decoded while it is read.
type Reader interface {
	audio.Decoder
	// Duration returns how long a file of so many bytes plays (-1: of unknown size);
	// false where neither its size nor its header tells.
	Duration(size int64) (time.Duration, bool)
}

// headSize holds the first frame of any MP3 file and the header of the second
// beside it: more is never looked at before it is read.
const headSize = 4096

// Open reads up to the first sample of a file, whose kind its first bytes tell.
// Reading more than limit of sound, which is positive, is an error.
//
// Errors of r are wrapped; every other error says what is wrong with the file.
func Open(r io.Reader, limit time.Duration) (Reader, error) {
	in := bufio.NewReaderSize(r, headSize)
	head, _ := in.Peek(4) // an error comes again
	switch {
	case string(head) == "OggS":
		return openOpus(in, limit)
	case isMP3(head):
		return openMP3(in, limit)
	}
	w, err := audio.NewWAVReader(in, limit)
	if err != nil {
		return nil, err
	}
	return wav{w, limit}, nil
}

// wav is a WAV file.
type wav struct {
	*audio.WAVReader
	limit time.Duration
}

// Duration implements Reader. The file's size goes before its header: a writer
// that cannot seek leaves any size there.
func (w wav) Duration(size int64) (time.Duration, bool) {
	bytes, known := w.Length()
	if size >= 0 {
		return w.WAVReader.Duration(min(bytes, size)), true
	}
	if d := w.WAVReader.Duration(bytes); known && d <= w.limit {
		return d, true
	}
	return 0, false
}

// bound counts samples down to the limit of a file's length.
type bound struct {
	left  int64
	limit time.Duration
}

func newBound(limit time.Duration, rate int) bound {
	return bound{left: int64(limit.Seconds() * float64(rate)), limit: limit}
}

// take counts n samples more.
func (b *bound) take(n int) error {
	if b.left -= int64(n); b.left < 0 {
		return fmt.Errorf("longer than %v, which is the limit", b.limit)
	}
	return nil
}
