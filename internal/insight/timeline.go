package insight

import (
	"encoding/binary"
	"iter"
	"slices"
	"time"
)

// timeline is the items of a call as bytes, one after the other, in blocks. These have no
// pointers, so that the garbage collector does not look through them, and an item takes no
// object of its own. Bytes that were written are never changed: a copy of a timeline can be
// read while items are added to the timeline. The zero timeline is empty.
//
// An item is written as the length of what follows, its type (one of the formats), its
// time in nanoseconds since 1970, and its members.
type timeline struct {
	packed []byte   // the first items in one piece, once the call is over
	full   [][]byte // blocks; an item lies in one of them as a whole
	last   []byte   // the block that is being filled
	count  int      // of items
}

// Room of blocks, in bytes.
const (
	firstBlock = 2 << 10
	nextBlock  = 4 << 10
	blockSize  = 24 // of a block in the list of blocks
)

const usualBlocks = 3 // of a call with an application, beside the last

// isPacked reports whether all items are in one piece.
func (t *timeline) isPacked() bool { return t.packed != nil && cap(t.last) == 0 }

// room is the room of a block that is made for an item of so many bytes.
func (t *timeline) room(size int) int {
	if cap(t.last) == 0 {
		return max(firstBlock, size)
	}
	return max(nextBlock, size)
}

// cost is the bytes of memory that the next put of so many bytes takes.
func (t *timeline) cost(size int) int {
	if cap(t.last)-len(t.last) >= size {
		return 0
	}
	size = t.room(size)
	if size > nextBlock {
		size = roomOf(size) // the allocator has the sizes of usual blocks
	}
	return size + blockSize
}

// put adds an item that a coder has written, and returns its bytes.
func (t *timeline) put(item []byte, spare *spareBlocks) []byte {
	if cap(t.last)-len(t.last) < len(item) {
		t.fill()
		t.last = spare.block(t.room(len(item)))
	}
	begin := len(t.last)
	t.last = append(t.last, item...)
	t.count++
	return t.last[begin:]
}

// fill ends the last block.
func (t *timeline) fill() {
	if len(t.last) == 0 {
		return
	}
	if t.full == nil {
		t.full = make([][]byte, 0, usualBlocks)
	}
	t.full = append(t.full, t.last)
}

// blocks are those that have items.
func (t *timeline) blocks() [][]byte {
	if len(t.last) == 0 {
		return t.full
	}
	return append(slices.Clip(t.full), t.last)
}

// append adds another timeline, whose blocks are this one's from then on.
func (t *timeline) append(other timeline) {
	if t.count == 0 {
		*t = other
		return
	}
	t.fill()
	t.full = append(t.full, other.full...)
	t.last = other.last
	t.count += other.count
}

// items are all items with their lengths before them, of a timeline that is not packed.
func (t timeline) items() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for _, block := range t.blocks() {
			for whole := (coder{bytes: block, reading: true}); len(whole.bytes) > 0 && !whole.damaged; {
				before, item := whole.bytes, []byte(nil)
				whole.body(&item)
				if !yield(before[:len(before)-len(whole.bytes)]) {
					return
				}
			}
		}
	}
}

// begin begins an item. The rest of its members follow.
func (c *coder) begin(f format, at time.Time) {
	*c = coder{bytes: c.bytes[:0]}
	kind, nanos := uint64(f), at.UnixNano()
	c.unsigned(&kind)
	c.signed(&nanos)
}

// appendTo appends the item with its length before it.
func (c *coder) appendTo(items []byte) []byte {
	items = binary.AppendUvarint(items, uint64(len(c.bytes)))
	return append(items, c.bytes...)
}

// entry is an item that was read.
type entry struct {
	nanos int64 // since 1970
	format
	detail
}

func (e entry) at() time.Time { return time.Unix(0, e.nanos) }

// write writes it again.
func (e entry) write(c *coder) {
	c.begin(e.format, e.at())
	e.code(c)
}

// entries reads all items.
func (t timeline) entries() (list []entry, err error) {
	list = make([]entry, 0, t.count)
	if t.packed != nil {
		if list, err = unpack(list, t.packed); err != nil {
			return list, err
		}
	}
	for _, block := range t.blocks() {
		if list, err = entriesIn(list, block); err != nil {
			return list, err
		}
	}
	return list, nil
}

// entriesIn appends the items that a block has. What they have of texts is theirs, bodies
// lie in the block.
func entriesIn(list []entry, block []byte) ([]entry, error) {
	whole := coder{bytes: block, reading: true}
	for len(whole.bytes) > 0 {
		var item []byte
		if whole.body(&item); whole.damaged {
			return list, errDamaged
		}
		one, err := readEntry(item)
		if err != nil {
			return list, err
		}
		list = append(list, one)
	}
	return list, nil
}

// readEntry reads an item without its length.
func readEntry(item []byte) (e entry, err error) {
	c := coder{bytes: item, reading: true}
	var kind uint64
	c.unsigned(&kind)
	c.signed(&e.nanos)
	if c.damaged || kind >= uint64(len(formats)) || formats[kind] == nil {
		return entry{}, errDamaged
	}
	e.format, e.detail = format(kind), formats[kind]()
	if e.code(&c); c.damaged || len(c.bytes) > 0 {
		return entry{}, errDamaged
	}
	return e, nil
}
