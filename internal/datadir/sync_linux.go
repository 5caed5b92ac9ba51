package datadir

import (
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// SyncData returns when the file's data is on the disk, and of its attributes what
// is needed to read it (fdatasync(2)). It fails with fs.ErrClosed where the file is closed,
// as File.Sync does.
func SyncData(file *os.File) error {
	raw, err := file.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	// Control keeps the descriptor open, and refuses a file that is closed, by an error of its own.
	err = raw.Control(func(fd uintptr) {
		for failed = unix.EINTR; failed == unix.EINTR; {
			failed = unix.Fdatasync(int(fd))
		}
	})
	if err != nil {
		return &fs.PathError{Op: "sync", Path: file.Name(), Err: fs.ErrClosed}
	}
	return os.NewSyscallError("fdatasync", failed)
}
