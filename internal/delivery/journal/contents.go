package journal

import "sync"

// largestContent is the largest content whose memory is used again, in bytes: few
// events are longer.
const largestContent = 16 << 10

// contents are those that are on disk, for the next ones: nothing of a call is copied
// more often than the contents of its records.
var contents = sync.Pool{New: func() any { return new([]byte) }}

// NewContent returns memory for a content of about a size, of no length.
func NewContent(size int) []byte {
	if size > largestContent {
		return make([]byte, 0, size)
	}
	held := contents.Get().(*[]byte)
	b := *held
	*held = nil
	holders.Put(held)
	if cap(b) < size {
		return make([]byte, 0, max(size, 1<<10))
	}
	return b[:0]
}

// holders are pointers that hold nothing, so that neither way costs one.
var holders = sync.Pool{New: func() any { return new([]byte) }}

// recycle takes the contents of a batch that is on disk. Those that were written again
// may be on their way for another time.
func recycle(batch []Entry) {
	for i := range batch {
		it := &batch[i]
		if it.again != nil || cap(it.content) == 0 || cap(it.content) > largestContent {
			continue
		}
		held := holders.Get().(*[]byte)
		*held = it.content
		it.content = nil
		contents.Put(held)
	}
}
