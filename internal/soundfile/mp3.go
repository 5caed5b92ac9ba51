package soundfile

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/hajimehoshi/go-mp3"
)

// mp3Frame is the most bytes that the decoder gives of one frame: two channels.
const mp3Frame = 1152 * 4

// mp3Reader is an MP3 file.
type mp3Reader struct {
	in      *mp3Input
	decoder *mp3.Decoder // nil after a damaged frame
	header  mp3Header
	bound   bound
	skip    int64 // samples to drop before the sound
	left    int64 // samples of it still to come, at most
	total   int64 // of them; 0: unknown
	block   [mp3Frame]byte
}

// isMP3 reports whether a file begins with a tag or with a frame of layer III.
func isMP3(head []byte) bool {
	return len(head) >= 4 && (string(head[:3]) == "ID3" || mp3HeaderOf(head).valid())
}

func openMP3(in *bufio.Reader, limit time.Duration) (*mp3Reader, error) {
	m := &mp3Reader{in: &mp3Input{in: in}, left: math.MaxInt64}
	if err := m.start(); err != nil {
		if m.in.err != nil {
			err = fmt.Errorf("read MP3: %w", m.in.err)
		}
		return nil, err
	}
	m.bound = newBound(limit, m.Rate())
	return m, nil
}

// start reads the tags and the first frame's header.
func (m *mp3Reader) start() error {
	if err := m.skipTags(); err != nil {
		return err
	}
	frame, err := m.sync()
	if err != nil {
		return err
	}
	info, found := mp3InfoOf(m.header, frame)
	if !found {
		return nil
	}
	m.skip = info.before
	if info.frames > 0 {
		m.total = max(0, info.frames*int64(m.header.samples())-info.before-info.after)
		m.left = m.total
	}
	_, err = m.in.in.Discard(len(frame))
	return err
}

// skipTags reads over the tags in front of the sound. The decoder would hold
// them, whatever their size.
func (m *mp3Reader) skipTags() error {
	for {
		head, err := m.in.in.Peek(10)
		if err != nil || string(head[:3]) != "ID3" {
			return nil // the frames come next, or are missed
		}
		size := 10 + int64(head[6]&0x7F)<<21 + int64(head[7]&0x7F)<<14 + int64(head[8]&0x7F)<<7 + int64(head[9]&0x7F)
		if footer := head[5]&0x10 != 0; footer {
			size += 10
		}
		if _, err := io.CopyN(io.Discard, m.in, size); err != nil {
			return errors.New("the MP3 file ends within its tag")
		}
	}
}

// mp3Padding is how much that is neither tag nor frame may stand before the sound.
const mp3Padding = 64 << 10

// sync finds the first frame, which another follows, and returns it.
func (m *mp3Reader) sync() ([]byte, error) {
	for range mp3Padding {
		head, err := m.in.in.Peek(4)
		if err != nil {
			m.in.keep(err)
			return nil, errors.New("the MP3 file has no frames")
		}
		h := mp3HeaderOf(head)
		if h.valid() {
			if err := h.refusal(); err != nil {
				return nil, err
			}
			both, err := m.in.in.Peek(h.size() + 4)
			m.in.keep(err)
			if len(both) == h.size() || len(both) == h.size()+4 && h.alike(mp3HeaderOf(both[h.size():])) {
				m.header = h
				return both[:h.size()], nil
			}
		}
		if _, err := m.in.in.Discard(1); err != nil {
			return nil, err
		}
	}
	return nil, errors.New("the MP3 file has no frames that follow each other")
}

// Rate implements audio.Decoder.
func (m *mp3Reader) Rate() int { return m.header.rate() }

// Duration implements Reader, by the encoder's word.
func (m *mp3Reader) Duration(int64) (time.Duration, bool) {
	return time.Duration(float64(m.total) / float64(m.Rate()) * float64(time.Second)), m.total > 0
}

// Read implements audio.Decoder. A file that ends early ends there; damaged
// frames are left out.
func (m *mp3Reader) Read(samples []int16) (int, error) {
	for {
		n, err := m.decode(m.block[:min(len(m.block), len(samples)*4)])
		switch {
		case m.in.err != nil:
			return 0, fmt.Errorf("read MP3: %w", m.in.err)
		case err != nil:
			return 0, err
		}
		dropped := int(min(m.skip, int64(n/4)))
		m.skip -= int64(dropped)
		n = int(min(m.left, int64(n/4-dropped)))
		m.left -= int64(n)
		if err := m.bound.take(n); err != nil {
			return 0, err
		}
		for i := range n {
			at := m.block[(dropped+i)*4:]
			left, right := int16(binary.LittleEndian.Uint16(at)), int16(binary.LittleEndian.Uint16(at[2:]))
			samples[i] = int16((int(left) + int(right)) >> 1)
		}
		if n > 0 || len(samples) == 0 {
			return n, nil
		}
		if m.left == 0 {
			return 0, io.EOF
		}
	}
}

// decode reads sound of both channels. After a damaged frame the decoder begins
// anew with the next one.
func (m *mp3Reader) decode(into []byte) (n int, err error) {
	for {
		n, err = m.try(into)
		if n > 0 || err == nil || err == io.EOF || m.in.err != nil {
			return n - n%4, err
		}
		m.decoder = nil
		if err := m.resync(); err != nil {
			return 0, err
		}
	}
}

// resync reads up to the next frame. The decoder would take what it finds for a
// tag, and hold it.
func (m *mp3Reader) resync() error {
	for {
		head, err := m.in.in.Peek(4)
		if err != nil {
			m.in.keep(err)
			return io.EOF
		}
		if m.header.alike(mp3HeaderOf(head)) {
			return nil
		}
		m.in.in.Discard(1)
	}
}

// try lets the decoder work. What it does with damaged files is its own affair, and
// may be a panic.
func (m *mp3Reader) try(into []byte) (n int, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a damaged MP3 frame: %v", p)
		}
	}()
	if m.decoder == nil {
		if m.decoder, err = mp3.NewDecoder(m.in); err != nil {
			m.decoder = nil
			return 0, err
		}
	}
	if n, err = m.decoder.Read(into); err == io.ErrUnexpectedEOF {
		err = io.EOF
	}
	return n, err
}
