// Package stack lets a goroutine have the stack that it is going to need from its
// beginning. Go begins with a small one and doubles it when it is full: each time it
// walks all frames and moves them, which costs the more the deeper the goroutine is.
package stack

// Grow lets the stack of this goroutine have 8 kB more at least. It is for the first
// line of a goroutine that lives shortly, or does its deepest work soon: the next
// garbage collection halves a stack of which less than a quarter is in use. It is in
// assembly, the same for all processors, since Go would clear so large a frame.
func Grow()
