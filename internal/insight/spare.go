package insight

// spareBlocks are blocks of timelines that were compressed and that nobody has seen since:
// the next calls take them, so that a call allocates none while others end.
type spareBlocks struct{ first, next [][]byte }

// mostSpare bounds them, of each size: 1.5 MiB in all.
const mostSpare = 256

// block is an empty block of so many bytes.
func (s *spareBlocks) block(size int) (block []byte) {
	list := s.of(size)
	if list == nil || len(*list) == 0 {
		return make([]byte, 0, size)
	}
	last := len(*list) - 1
	block, *list = (*list)[last], (*list)[:last]
	return block
}

// put takes a block that nobody refers to.
func (s *spareBlocks) put(block []byte) {
	if list := s.of(cap(block)); list != nil && len(*list) < mostSpare {
		*list = append(*list, block[:0])
	}
}

// of is the list of a size; nil: none is kept.
func (s *spareBlocks) of(size int) *[][]byte {
	switch size {
	case firstBlock:
		return &s.first
	case nextBlock:
		return &s.next
	}
	return nil
}
