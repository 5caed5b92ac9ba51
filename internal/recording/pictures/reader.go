package pictures

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
)

// Reader reads the entries of a file, from some place on.
type Reader struct {
	in   *bufio.Reader
	at   int64 // of the next entry
	body []byte
}

// NewReader reads from the offset of an entry up to some other, or to the end of what a
// crash has left.
func NewReader(file io.ReaderAt, from, to int64) *Reader {
	return &Reader{in: bufio.NewReaderSize(io.NewSectionReader(file, from, to-from), 256<<10), at: from}
}

// Offset is where the next entry begins.
func (r *Reader) Offset() int64 { return r.at }

// Next returns the next entry: a Scene, a Run or a *Packet, which is valid until the call
// after it. io.EOF is the end; an entry that is cut off is none.
func (r *Reader) Next() (entry any, err error) {
	size, err := binary.ReadUvarint(r.in)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, io.EOF
	case err != nil:
		return nil, err
	case size == 0 || size > maxEntry:
		return nil, ErrDamaged
	}
	if uint64(cap(r.body)) < size {
		r.body = make([]byte, maxEntry)
	}
	r.body = r.body[:size]
	if _, err := io.ReadFull(r.in, r.body); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = io.EOF
		}
		return nil, err
	}
	r.at += int64(len(binary.AppendUvarint(nil, size))) + int64(size)
	return parse(r.body)
}
