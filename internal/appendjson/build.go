package appendjson

import (
	"bytes"
	"sync"
)

// Sizes of the buffers in which texts are written, in bytes: at first, and of those that
// are used again.
const (
	usualSize = 2 << 10
	mostKept  = 64 << 10
)

var buffers = sync.Pool{New: func() any {
	b := make([]byte, 0, usualSize)
	return &b
}}

// Build returns what write appends, in memory of its size: a text that is kept for long
// does not keep room that it might have needed.
func Build(write func([]byte) ([]byte, error)) ([]byte, error) {
	room := buffers.Get().(*[]byte)
	text, err := write((*room)[:0])
	built := bytes.Clone(text)
	if cap(text) <= mostKept {
		*room = text
		buffers.Put(room)
	}
	return built, err
}
