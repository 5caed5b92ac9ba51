//go:build !linux

package datadir

import "os"

// SyncData returns when the file is on the disk.
func SyncData(file *os.File) error { return file.Sync() }
