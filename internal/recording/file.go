package recording

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/recording/vault"
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
	Sync() error  // what was appended before survives a loss of power
	Close() error // and so does all of it
}

// Bytes is a file that is read. It may still be appended to.
type Bytes interface {
	io.ReaderAt
	io.Closer
	Size() (int64, error)
}

// folder keeps files in a folder, encrypted if there are keys.
type folder struct {
	dir  string
	keys *vault.Ring
}

// openFolder makes the folder, for this user alone.
func openFolder(dir string, keys *vault.Ring) (folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return folder{}, fmt.Errorf("folder of recordings: %w", err)
	}
	return folder{dir, keys}, nil
}

func (f folder) path(name string) string { return filepath.Join(f.dir, name) }

// Create implements Files.
func (f folder) Create(name string) (File, error) {
	w, err := vault.Create(f.path(name), f.keys)
	if err != nil {
		return nil, err
	}
	return appended{w}, nil
}

// Open implements Files. A file that a crash or a full disk has cut off is completed
// first, or read as far as it goes where the disk takes nothing.
func (f folder) Open(name string) (Bytes, error) {
	r, err := vault.Open(f.path(name), f.keys)
	if errors.Is(err, vault.ErrUnfinished) {
		if _, failed := vault.Recover(f.path(name), f.keys); failed == nil {
			r, err = vault.Open(f.path(name), f.keys)
		} else {
			r, err = vault.OpenUnfinished(f.path(name), f.keys)
		}
	}
	if err != nil {
		return nil, err
	}
	return readable{r}, nil
}

// Remove implements Files.
func (f folder) Remove(name string) error {
	if err := os.Remove(f.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	// What is deleted does not come back after a loss of power, also where the attempt before
	// has removed it and not come further.
	return datadir.SyncDir(f.dir)
}

type appended struct{ *vault.Writer }

// Append implements File. What was appended survives the process.
func (a appended) Append(b []byte) error {
	if err := a.Writer.Append(b); err != nil {
		return err
	}
	return a.Flush()
}

type readable struct{ *vault.Reader }

// Size implements Bytes.
func (r readable) Size() (int64, error) { return r.Reader.Size(), nil }
