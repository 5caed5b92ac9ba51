package recording

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Files keeps the bytes of chunks. Names are letters, digits, dots and dashes.
type Files interface {
	Create(name string) (File, error)
	Open(name string) (Bytes, error)
	// Remove removes a file, which need not be there.
	Remove(name string) error
}

// File is a file that is appended to, by one goroutine at a time.
type File interface {
	Append([]byte) error
	Sync() error // what was appended before survives a loss of power
	Close() error
}

// Bytes is a file that is read. It may still be appended to.
type Bytes interface {
	io.ReaderAt
	io.Closer
	Size() (int64, error)
}

// folder keeps files in a folder.
type folder string

// openFolder makes the folder, for this user alone.
func openFolder(dir string) (folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("folder of recordings: %w", err)
	}
	return folder(dir), nil
}

// Create implements Files.
func (f folder) Create(name string) (File, error) {
	file, err := os.OpenFile(filepath.Join(string(f), name), os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	return plainFile{file}, nil
}

// Open implements Files.
func (f folder) Open(name string) (Bytes, error) {
	file, err := os.Open(filepath.Join(string(f), name))
	if err != nil {
		return nil, err
	}
	return plainFile{file}, nil
}

// Remove implements Files.
func (f folder) Remove(name string) error {
	err := os.Remove(filepath.Join(string(f), name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

type plainFile struct{ *os.File }

// Append implements File.
func (f plainFile) Append(b []byte) error {
	_, err := f.Write(b)
	return err
}

// Size implements Bytes.
func (f plainFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
