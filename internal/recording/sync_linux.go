package recording

import (
	"os"

	"golang.org/x/sys/unix"
)

// SyncAll implements syncer: one call for the file system of the folder.
func (f folder) SyncAll() error {
	dir, err := os.Open(f.dir)
	if err != nil {
		return err
	}
	defer dir.Close()
	return unix.Syncfs(int(dir.Fd()))
}

// free returns how many bytes the file system of the folder can still take.
func (f folder) free() (uint64, error) {
	var stat unix.Statfs_t
	if err := unix.Statfs(f.dir, &stat); err != nil {
		return 0, &os.PathError{Op: "statfs", Path: f.dir, Err: err}
	}
	return stat.Bavail * uint64(stat.Bsize), nil
}
