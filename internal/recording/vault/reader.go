package vault

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// ErrUnfinished says that a file is being written, or was cut off by a crash and
// not recovered yet.
var ErrUnfinished = errors.New("the file is not complete")

// Reader reads a file at any offset. Many goroutines may use it. Each call of
// ReadAt reads whole segments, so calls for less than 64 KiB at a time cost more
// than they need to.
type Reader struct {
	file  *os.File
	seal  sealer
	index index
}

// Open opens a complete file.
func Open(name string, ring *Ring) (*Reader, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	r, err := newReader(file, ring)
	if err == nil {
		err = r.readEnd()
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", name, err), file.Close())
	}
	return r, nil
}

// newReader reads the header; the index is empty.
func newReader(file *os.File, ring *Ring) (*Reader, error) {
	text := make([]byte, headerBytes)
	if n, err := file.ReadAt(text, 0); err != nil && err != io.EOF {
		return nil, err
	} else if n < headerBytes {
		return nil, ErrUnfinished
	}
	h, err := parseHeader(text)
	if err != nil {
		return nil, err
	}
	seal, err := h.sealer(ring)
	if err != nil {
		return nil, err
	}
	return &Reader{file: file, seal: seal, index: newIndex(seal)}, nil
}

// readEnd reads the index from the last segment.
func (r *Reader) readEnd() error {
	info, err := r.file.Stat()
	if err != nil {
		return err
	}
	atEnd := info.Size() - endBytes
	if atEnd < r.index.end+r.index.sum {
		return ErrUnfinished
	}
	end := make([]byte, endBytes)
	if _, err := r.file.ReadAt(end, atEnd); err != nil {
		return err
	}
	place, number := int64(binary.BigEndian.Uint64(end)), int64(binary.BigEndian.Uint64(end[8:]))
	size := atEnd - place - r.index.sum
	if string(end[16:]) != endMagic || place < headerBytes || size < 0 || size >= lastBit {
		return ErrUnfinished
	}
	text := make([]byte, atEnd-place)
	if _, err := r.file.ReadAt(text, place); err != nil {
		return err
	}
	h := head(binary.BigEndian.Uint32(text))
	if h != headOf(int(size), true) {
		return ErrUnfinished
	}
	runs, err := r.seal.open(number, h, text[headBytes:])
	if err != nil {
		return err
	}
	return r.index.parse(runs, place)
}

// buffers are room for one segment each.
var buffers = sync.Pool{New: func() any { return new([headBytes + maxSegment + 16]byte) }}

// ReadAt implements io.ReaderAt.
func (r *Reader) ReadAt(p []byte, offset int64) (n int, err error) {
	if offset < 0 {
		return 0, errors.New("the offset is negative")
	}
	room := buffers.Get().(*[headBytes + maxSegment + 16]byte)
	defer buffers.Put(room)
	for n < len(p) && offset < r.index.size {
		s := r.index.find(offset)
		payload, err := r.open(s, room[:])
		if err != nil {
			return n, err
		}
		copied := copy(p[n:], payload[offset-s.offset:])
		n += copied
		offset += int64(copied)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// open reads a segment into room and returns its payload.
func (r *Reader) open(s segment, room []byte) ([]byte, error) {
	text := room[:s.head.size()+r.index.sum]
	if _, err := r.file.ReadAt(text, s.place); err != nil {
		if err == io.EOF {
			err = damagedSegment(s.number)
		}
		return nil, err
	}
	if head(binary.BigEndian.Uint32(text)) != s.head {
		return nil, damagedSegment(s.number)
	}
	return r.seal.open(s.number, s.head, text[headBytes:])
}

// Size is the length of the content, in bytes.
func (r *Reader) Size() int64 { return r.index.size }

// Close closes the file.
func (r *Reader) Close() error { return r.file.Close() }
