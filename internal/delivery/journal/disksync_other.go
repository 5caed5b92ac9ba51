//go:build !linux

package journal

import "os"

// syncData returns when the file is on the disk.
func syncData(file *os.File) error { return file.Sync() }
