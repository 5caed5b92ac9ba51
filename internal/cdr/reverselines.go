package cdr

import (
	"bytes"
	"io"
)

// reverseLines reads the lines of a file from the last to the first.
type reverseLines struct {
	from io.ReaderAt
	at   int64  // where buffer begins in the file; lines end before end
	end  int64  // where the line that was read last began
	held []byte // file[at:end]
}

const chunk = 64 << 10 // bytes

// linesBefore reads the lines that end at or before an offset, which is the
// beginning of a line or the end of the file.
func linesBefore(from io.ReaderAt, end int64) *reverseLines {
	return &reverseLines{from: from, at: end, end: end}
}

// next returns a line without its end, which is valid until the next call, and
// the offset at which it begins. After the first line it returns io.EOF.
func (b *reverseLines) next() (line []byte, begins int64, err error) {
	for {
		if len(b.held) > 0 {
			body := b.held[:len(b.held)-1] // its last byte is the line's own end
			if i := bytes.LastIndexByte(body, '\n'); i >= 0 {
				b.held, b.end = b.held[:i+1], b.at+int64(i)+1
				return body[i+1:], b.end, nil
			}
			if b.at == 0 {
				b.held, b.end = nil, 0
				return body, 0, nil
			}
		} else if b.at == 0 {
			return nil, 0, io.EOF
		}
		if err := b.more(); err != nil {
			return nil, 0, err
		}
	}
}

// more reads the chunk before what is held.
func (b *reverseLines) more() error {
	n := min(chunk, b.at)
	held := make([]byte, int(n)+len(b.held))
	if _, err := b.from.ReadAt(held[:n], b.at-n); err != nil {
		return err
	}
	copy(held[n:], b.held)
	b.held, b.at = held, b.at-n
	return nil
}
