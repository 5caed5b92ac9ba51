package datadir

import (
	"os"

	"golang.org/x/sys/unix"
)

// SyncData returns when the file's data is on the disk, and of its attributes what
// is needed to read it (fdatasync(2)).
func SyncData(file *os.File) error {
	for {
		if err := unix.Fdatasync(int(file.Fd())); err != unix.EINTR {
			return os.NewSyscallError("fdatasync", err)
		}
	}
}
