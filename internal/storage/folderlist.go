package storage

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// List implements Container. A page's Next is the last name of that page.
func (f *folder) List(ctx context.Context, prefix, from string, limit int) (Page, error) {
	root, err := f.open()
	if errors.Is(err, ErrNotFound) {
		return Page{}, nil // nothing was put yet
	}
	if err != nil {
		return Page{}, err
	}
	defer root.Close()
	l := lister{ctx: ctx, root: root, prefix: prefix, from: from, limit: limit}
	err = l.walk("")
	if errors.Is(err, errFull) {
		l.page.Next = l.page.Files[len(l.page.Files)-1].Name
		err = nil
	}
	return l.page, diskError(err)
}

// errFull ends a walk when the page has as many files as it may have.
var errFull = errors.New("page is full")

// lister walks a directory in the order of whole names. That is not the order
// of the directories' names: "a-b" is before "a/b".
type lister struct {
	ctx          context.Context
	root         *os.Root
	prefix, from string
	limit        int
	page         Page
}

// walk lists a directory; dir is "" or ends with a slash.
func (l *lister) walk(dir string) error {
	if l.ctx.Err() != nil {
		return context.Cause(l.ctx)
	}
	handle, err := l.root.Open(filepath.FromSlash(path.Clean("./" + dir)))
	if err != nil {
		return err
	}
	entries, err := handle.ReadDir(-1)
	handle.Close()
	if err != nil {
		return err
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(sortName(a), sortName(b)) })
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), ".") {
			continue // ours
		}
		if err := l.visit(dir+sortName(entry), entry); err != nil {
			return err
		}
	}
	return nil
}

// sortName is an entry's part of the names below it.
func sortName(entry fs.DirEntry) string {
	if entry.IsDir() {
		return entry.Name() + "/"
	}
	return entry.Name()
}

func (l *lister) visit(name string, entry fs.DirEntry) error {
	switch {
	case entry.IsDir():
		inPrefix := strings.HasPrefix(name, l.prefix) || strings.HasPrefix(l.prefix, name)
		passed := name <= l.from && !strings.HasPrefix(l.from, name)
		if !inPrefix || passed {
			return nil
		}
		return l.walk(name)
	case !entry.Type().IsRegular() || name <= l.from || !strings.HasPrefix(name, l.prefix):
		return nil
	case len(l.page.Files) >= l.limit:
		return errFull
	}
	info, err := entry.Info()
	if errors.Is(err, fs.ErrNotExist) {
		return nil // removed meanwhile
	}
	if err == nil {
		l.page.Files = append(l.page.Files, Info{Name: name, Size: info.Size(), Modified: info.ModTime()})
	}
	return err
}
