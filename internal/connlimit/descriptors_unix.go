//go:build unix

package connlimit

import "syscall"

// Descriptors is how many files and sockets the process may open. Go raises the soft
// limit to the hard one when it starts.
func Descriptors() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil || uint64(limit.Cur) > unlimited {
		return unlimited
	}
	return int(limit.Cur)
}
