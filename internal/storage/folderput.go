package storage

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"syscall"
	"time"

	"github.com/google/uuid"
)

// unfinished is the directory of files that are being written. It is on the
// same file system as their places, so that moving them there is atomic.
const unfinished = ".writing"

// abandoned is the age from which an unfinished file belongs to a process that
// was killed: nobody writes one file without a pause of that length.
const abandoned = 24 * time.Hour

// Put implements Container: write a temporary file, sync it, rename it, sync the
// directory. The properties of a file that is replaced may be the newer ones
// for a moment before its content is.
func (f *folder) Put(ctx context.Context, name string, content io.Reader, as Properties) error {
	if err := errors.Join(checkName(name), as.check()); err != nil {
		return err
	}
	root, err := f.make()
	if err != nil {
		return err
	}
	defer root.Close()
	f.sweep.Do(func() { removeAbandoned(root, time.Now()) })
	if err := makeDirs(root, path.Dir(name)); err != nil {
		return diskError(err)
	}
	if err := writeProperties(root, name, as); err != nil {
		return diskError(err)
	}
	return diskError(writeFile(root, name, contextReader{ctx, content}))
}

// writeFile lets a file appear whole, or not at all.
func writeFile(root *os.Root, name string, content io.Reader) error {
	if err := root.Mkdir(unfinished, dirMode); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	temporary := filepath.Join(unfinished, uuid.NewString())
	file, err := root.OpenFile(temporary, os.O_CREATE|os.O_EXCL|os.O_WRONLY, fileMode)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, content)
	if err == nil {
		err = file.Sync()
	}
	err = errors.Join(err, file.Close())
	if err == nil {
		err = root.Rename(temporary, filepath.FromSlash(name))
	}
	if err != nil {
		_ = root.Remove(temporary)
		return err
	}
	return syncDir(root.Open(parentOf(name)))
}

// contextReader fails when its context has ended.
type contextReader struct {
	ctx context.Context
	io.Reader
}

func (r contextReader) Read(p []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, context.Cause(r.ctx)
	}
	return r.Reader.Read(p)
}

// makeDirs makes a directory and those above it, and makes the new ones durable.
func makeDirs(root *os.Root, dir string) error {
	if _, err := root.Stat(filepath.FromSlash(dir)); err == nil {
		return nil // what is not a directory is found out soon
	}
	if err := root.MkdirAll(filepath.FromSlash(dir), dirMode); err != nil {
		return err
	}
	for dir != "." {
		dir = path.Dir(dir)
		if err := syncDir(root.Open(filepath.FromSlash(dir))); err != nil {
			return err
		}
	}
	return nil
}

// syncDir makes what was renamed or made in a directory durable, where the
// system lets directories be synced, and closes it.
func syncDir(dir *os.File, err error) error {
	if err != nil {
		return err
	}
	defer dir.Close()
	if err := dir.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return nil
}

// removeAbandoned deletes what a killed process left unfinished. What cannot be
// deleted is tried again by the next process.
func removeAbandoned(root *os.Root, now time.Time) {
	dir, err := root.Open(unfinished)
	if err != nil {
		return
	}
	defer dir.Close()
	entries, _ := dir.ReadDir(-1)
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && now.Sub(info.ModTime()) > abandoned {
			_ = root.Remove(filepath.Join(unfinished, entry.Name()))
		}
	}
}
