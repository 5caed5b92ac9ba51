// Package stack lets a goroutine have the stack that it is going to need from its
// beginning. Go begins with a small one and doubles it when it is full: each time it
// walks all frames and moves them, which costs the more the deeper the goroutine is.
package stack

// Grow lets the stack of this goroutine have 8 kB more at least. It is for the first
// line of a goroutine that lives shortly, or does its deepest work soon: the next
// garbage collection halves a stack of which less than a quarter is in use.
func Grow() { fill(0) }

// fill has a large frame, which the runtime makes room for at once.
//
//go:noinline
func fill(at int) byte {
	var room [7 << 10]byte
	room[at] = 1
	return room[at/2]
}
