//go:build !unix

package connlimit

// Descriptors is how many files and sockets the process may open.
func Descriptors() int { return unlimited }
