package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"sync"
	"syscall"
)

// Permissions of what the folder makes: its owner's alone.
const (
	dirMode  = 0o700
	fileMode = 0o600
)

// folder is a directory of the file system. All paths go through an os.Root, so
// that neither a name nor a symbolic link leads out of it.
type folder struct {
	dir   string
	sweep sync.Once // of what a killed process left unfinished
}

// NewFolder returns the container of that name in the directory parent. Its
// directory is made by the first Put; until then it is empty.
func NewFolder(parent, name string) (Container, error) {
	if err := checkContainer(name); err != nil {
		return nil, err
	}
	return &folder{dir: filepath.Join(parent, name)}, nil
}

// open opens the directory; it fails with ErrNotFound where there is none.
func (f *folder) open() (*os.Root, error) {
	root, err := os.OpenRoot(f.dir)
	return root, diskError(err)
}

// make opens the directory, and makes it where there is none.
func (f *folder) make() (*os.Root, error) {
	if root, err := os.OpenRoot(f.dir); !errors.Is(err, fs.ErrNotExist) {
		return root, diskError(err)
	}
	if err := os.MkdirAll(f.dir, dirMode); err != nil {
		return nil, diskError(err)
	}
	if err := syncDir(os.Open(filepath.Dir(f.dir))); err != nil {
		return nil, diskError(err)
	}
	return f.open()
}

// Get implements Container.
func (f *folder) Get(_ context.Context, name string, offset, length int64) (*File, error) {
	if err := checkRange(name, offset); err != nil {
		return nil, err
	}
	root, err := f.open()
	if err != nil {
		return nil, err
	}
	defer root.Close()
	file, err := root.Open(filepath.FromSlash(name))
	if err != nil {
		return nil, diskError(err)
	}
	info, err := file.Stat()
	if err == nil && info.IsDir() {
		err = fs.ErrNotExist
	}
	if err == nil && offset > 0 && offset >= info.Size() {
		err = errPastEnd
	}
	if err == nil {
		_, err = file.Seek(offset, io.SeekStart)
	}
	if err != nil {
		file.Close()
		return nil, diskError(fmt.Errorf("%s: %w", name, err))
	}
	if length < 0 {
		length = info.Size() - offset
	}
	return &File{
		Info:       Info{Name: name, Size: info.Size(), Modified: info.ModTime(), Properties: propertiesOf(root, name)},
		ReadCloser: limited{io.LimitReader(file, length), file},
	}, nil
}

// limited reads a part of what it closes.
type limited struct {
	io.Reader
	io.Closer
}

// Remove implements Container.
func (f *folder) Remove(_ context.Context, name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	root, err := f.open()
	if err != nil {
		return err
	}
	defer root.Close()
	if err := root.Remove(filepath.FromSlash(name)); err != nil {
		return diskError(err)
	}
	return diskError(removeProperties(root, name))
}

var errPastEnd = errors.New("the range begins at or after the end of the file")

func checkRange(name string, offset int64) error {
	if offset < 0 {
		return invalid("the offset %d is negative", offset)
	}
	return checkName(name)
}

// diskError gives the file system's errors the statuses of their kind.
func diskError(err error) error {
	var known *Error
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case errors.Is(err, fs.ErrNotExist):
		return &Error{http.StatusNotFound, err}
	case errors.Is(err, errPastEnd):
		return &Error{http.StatusRequestedRangeNotSatisfiable, err}
	case errors.Is(err, syscall.ENOSPC):
		return &Error{http.StatusInsufficientStorage, err}
	case errors.Is(err, fs.ErrPermission):
		return &Error{http.StatusServiceUnavailable, err} // an operator can mend it
	}
	return err
}

// parentOf is the directory of a name, as the file system writes it.
func parentOf(name string) string { return filepath.FromSlash(path.Dir(name)) }
