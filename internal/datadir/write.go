package datadir

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// tempPattern names files that are being written.
const tempPattern = ".switchhook-*.tmp"

// WriteFile replaces a file as a whole, with those permissions: after a crash
// there is the old content or the new, never a part.
func WriteFile(name string, data []byte, mode os.FileMode) error {
	if err := replace(name, data, mode); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

func replace(name string, data []byte, mode os.FileMode) error {
	dir := filepath.Dir(name)
	temp, err := os.CreateTemp(dir, tempPattern)
	if err != nil {
		return err
	}
	giveToOwner(temp, dir)
	err = fill(temp, data, mode)
	if err == nil {
		err = os.Rename(temp.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temp.Name()))
	}
	return SyncDir(dir)
}

// fill writes, and closes in any case.
func fill(file *os.File, data []byte, mode os.FileMode) error {
	_, err := file.Write(data)
	if err == nil {
		err = file.Chmod(mode)
	}
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// SyncDir makes what was made, renamed or removed in a directory last. Windows has no
// such call and needs none.
func SyncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
