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
