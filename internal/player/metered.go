package player

import (
	"errors"
	"io"
	"time"

	"github.com/switchhook/switchhook/internal/soundfile"
)

var errNoRoom = errors.New("it is longer than it says, and there is no room for the rest")

// metered is a file that takes more room while it is decoded, if it is longer than was
// expected.
type metered struct {
	soundfile.Reader
	room    *room // which others may give back meanwhile
	has     int64 // bytes of it
	now     func() time.Time
	samples int
}

func (l *Library) metered(file soundfile.Reader, r *room) *metered {
	return &metered{Reader: file, room: r, has: r.bytes, now: l.now}
}

// Read implements audio.Decoder.
func (m *metered) Read(samples []int16) (int, error) {
	n, err := m.Reader.Read(samples)
	m.samples += n
	if need := sizeAt(m.samples, m.Rate()); need > m.has {
		if m.has = need + need/4; !m.room.resize(m.has, m.now()) {
			return 0, errNoRoom
		}
	}
	return n, err
}

// prefixed is a file whose beginning has been read already.
type prefixed struct {
	soundfile.Reader
	beginning []int16
	err       error // that followed it
	room      *room // of the beginning, until it has been read again
}

// Read implements audio.Decoder.
func (a *prefixed) Read(samples []int16) (int, error) {
	if len(a.beginning) > 0 {
		n := copy(samples, a.beginning)
		a.beginning = a.beginning[n:]
		return n, nil
	}
	a.drop()
	if a.err != nil {
		return 0, a.err
	}
	return a.Reader.Read(samples)
}

// drop forgets what is left of the beginning.
func (a *prefixed) drop() {
	if a != nil {
		a.beginning = nil
		a.room.give()
	}
}

// beginning reads as much of a source of unknown length as is held of any, and reports
// whether that is all of it. If there is no room, nothing is read.
func (l *Library) beginning(s *source) (whole bool, err error) {
	most := int(longestHeld.Seconds() * float64(s.file.Rate()))
	has, ok := l.shelf.reserve(int64(2*most), l.now())
	if !ok {
		return false, nil
	}
	s.begun = &prefixed{Reader: s.file, room: has}
	read := make([]int16, 0, blockSize)
	for len(read) < most {
		block := make([]int16, blockSize)
		n, err := s.file.Read(block)
		read = append(read, block[:n]...)
		if err != nil && err != io.EOF {
			return false, s.explained(err)
		}
		if s.begun.err = err; err == io.EOF {
			break
		}
	}
	s.begun.beginning, s.file = read, s.begun
	return s.begun.err == io.EOF, nil
}
