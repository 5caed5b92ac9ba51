package insight

// roomOf is what so many bytes take on the heap: Go's allocator has sizes that are an
// eighth apart, so that a sixteenth is left, about.
func roomOf(size int) int {
	if size == 0 {
		return 0
	}
	return (size + size/16 + 7) &^ 7
}
