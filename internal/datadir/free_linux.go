package datadir

import (
	"os"

	"golang.org/x/sys/unix"
)

// Free returns how many bytes the file system of a directory can still take.
func Free(dir string) (uint64, error) {
	var stat unix.Statfs_t
	if err := unix.Statfs(dir, &stat); err != nil {
		return 0, &os.PathError{Op: "statfs", Path: dir, Err: err}
	}
	return stat.Bavail * uint64(stat.Bsize), nil
}
