//go:build !linux

package doctor

// SocketBuffers has nothing to say: other systems give what they are asked for, or fail.
func SocketBuffers() []Finding { return nil }
