package journal

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/switchhook/switchhook/internal/datadir"
)

// file is an open file of a segment.
type file interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Truncate(size int64) error
	Sync() error
	Name() string
}

// folder is the directory of a store's files: the operating system's, but in tests, whose
// disks lose power and fail. Names are without the directory.
type folder interface {
	// make makes the directory, if it does not exist.
	make() error
	names() ([]string, error)
	// open takes the flags of os.OpenFile.
	open(name string, flag int) (file, error)
	read(name string) ([]byte, error)
	remove(name string) error
	// sync makes what was made or removed last.
	sync() error
	// syncData brings a file's data to the disk (fdatasync(2)).
	syncData(file) error
}

// osFolder is one of the operating system.
type osFolder string

func (f osFolder) make() error {
	return errors.Join(os.MkdirAll(string(f), 0o700), datadir.SyncDir(filepath.Dir(string(f))))
}

func (f osFolder) names() (names []string, err error) {
	entries, err := os.ReadDir(string(f))
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names, err
}

func (f osFolder) open(name string, flag int) (file, error) {
	opened, err := os.OpenFile(filepath.Join(string(f), name), flag, 0o600)
	if err != nil {
		return nil, err // and no file that is nil
	}
	return opened, nil
}

func (f osFolder) read(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(string(f), name))
}

func (f osFolder) remove(name string) error { return os.Remove(filepath.Join(string(f), name)) }

func (f osFolder) sync() error { return datadir.SyncDir(string(f)) }

func (osFolder) syncData(opened file) error { return datadir.SyncData(opened.(*os.File)) }
