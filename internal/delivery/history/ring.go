package history

// ringBlock is how many records of a ring take memory together: one that has few records
// takes little, and none is copied while it fills.
const ringBlock = 256

// ring has the newest records, so many at most.
type ring[T any] struct {
	blocks [][]T  // record n lies at n modulo size, counted through all blocks
	size   int    // records at most
	next   uint64 // number of the record to come
}

// oldest is the number of the oldest record.
func (r *ring[T]) oldest() uint64 { return r.next - min(r.next, uint64(r.size)) }

// at is record n, from oldest to next-1.
func (r *ring[T]) at(n uint64) *T {
	place := n % uint64(r.size)
	return &r.blocks[place/ringBlock][place%ringBlock]
}

// push adds a record, in the place of the oldest when there are enough.
func (r *ring[T]) push(record T) {
	if full := ringBlock * len(r.blocks); r.next < uint64(r.size) && r.next == uint64(full) {
		r.blocks = append(r.blocks, make([]T, min(ringBlock, r.size-full)))
	}
	r.next++
	*r.at(r.next - 1) = record
}
