package vault

import (
	"encoding/binary"
	"fmt"
	"sort"
)

// run is successive segments with payloads of one size.
type run struct {
	first  int64 // number of its first segment
	offset int64 // of its first payload byte, among all payload
	place  int64 // of its first segment, in the file
	count  int64
	size   int64 // of each payload
}

// index tells where the segments of a file are. A recorder flushes about as much
// each time, so there are few runs.
type index struct {
	sum      int64 // bytes of a segment beside its payload
	runs     []run
	segments int64
	size     int64 // bytes of payload
	end      int64 // of the segments, in the file
}

func newIndex(s sealer) index {
	return index{sum: int64(headBytes + s.sumSize()), end: headerBytes}
}

// add appends count segments with payloads of a size.
func (x *index) add(count, size int64) {
	if n := len(x.runs); n > 0 && x.runs[n-1].size == size {
		x.runs[n-1].count += count
	} else {
		x.runs = append(x.runs, run{x.segments, x.size, x.end, count, size})
	}
	x.segments += count
	x.size += count * size
	x.end += count * (size + x.sum)
}

// segment is where one is.
type segment struct {
	number int64
	offset int64 // of its first payload byte
	place  int64 // in the file
	head   head
}

// find returns the segment that has the payload byte at an offset below x.size.
func (x *index) find(offset int64) segment {
	i := sort.Search(len(x.runs), func(i int) bool { return x.runs[i].offset > offset }) - 1
	r := x.runs[i]
	within := (offset - r.offset) / r.size
	return segment{r.first + within, r.offset + within*r.size, r.place + within*(r.size+x.sum), headOf(int(r.size), false)}
}

// append writes the runs: count and size of each.
func (x *index) append(to []byte) []byte {
	for _, r := range x.runs {
		to = binary.AppendUvarint(to, uint64(r.count))
		to = binary.AppendUvarint(to, uint64(r.size))
	}
	return to
}

// parse reads runs that fill the file up to end, where the last segment is.
func (x *index) parse(text []byte, end int64) error {
	for len(text) > 0 {
		count, n := binary.Uvarint(text)
		size, m := binary.Uvarint(text[max(n, 0):])
		if n <= 0 || m <= 0 || count == 0 || size == 0 || size > maxSegment || count > uint64(end-x.end)/(size+uint64(x.sum)) {
			return fmt.Errorf("%w: its index", ErrDamaged)
		}
		text = text[n+m:]
		x.add(int64(count), int64(size))
	}
	if x.end != end {
		return fmt.Errorf("%w: its index", ErrDamaged)
	}
	return nil
}
