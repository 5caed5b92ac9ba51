package deadletter

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
)

// folder is a container on disk, the default store.
type folder struct{ dir string }

func (b *Box) openFolder(_, container string) (store, error) {
	if container == "" || !fs.ValidPath(container) || strings.ContainsAny(container, `/\:`) || container == "." {
		return nil, fmt.Errorf("%q is not the name of a container", container)
	}
	return folder{filepath.Join(b.cfg.Folder, container)}, nil
}

// write lets the file appear whole, or not at all.
func (f folder) write(_ context.Context, name string, data []byte) error {
	target := filepath.Join(f.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		return diskFailure(err)
	}
	file, err := os.CreateTemp(filepath.Dir(target), ".writing-*")
	if err != nil {
		return diskFailure(err)
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	err = errors.Join(err, file.Close())
	if err == nil {
		err = os.Rename(file.Name(), target)
	}
	if err != nil {
		os.Remove(file.Name())
		return diskFailure(err)
	}
	return diskFailure(syncDir(filepath.Dir(target)))
}

// syncDir makes a renaming durable, where the system lets a directory be synced.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return nil
}

// diskFailure gives the disk's errors the statuses of their kind.
func diskFailure(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC):
		return failure{http.StatusInsufficientStorage, err}
	case errors.Is(err, fs.ErrPermission):
		return failure{http.StatusServiceUnavailable, err} // an operator can mend it
	}
	return err
}

func (f folder) read(_ context.Context, name string) ([]byte, error) {
	if !fs.ValidPath(name) {
		return nil, fs.ErrInvalid
	}
	return os.ReadFile(filepath.Join(f.dir, filepath.FromSlash(name)))
}

func (f folder) list(ctx context.Context, prefix string, limit int) ([]string, error) {
	var found []string
	err := fs.WalkDir(os.DirFS(f.dir), path.Clean(prefix), func(name string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case entry.Type().IsRegular() && path.Ext(name) == ".json":
			found = append(found, name)
		}
		if len(found) >= limit {
			return fs.SkipAll
		}
		return nil
	})
	return found, err
}

func (f folder) remove(_ context.Context, name string) error {
	if !fs.ValidPath(name) {
		return fs.ErrInvalid
	}
	return os.Remove(filepath.Join(f.dir, filepath.FromSlash(name)))
}
