package delivery

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
)

// SchemeFile is the scheme of files of JSON lines: file:///NAME.
const SchemeFile = "file"

// maxLines is how large such a file grows, in bytes; then it becomes NAME.1, in
// the place of the one before, and a new file begins.
const maxLines = 64 << 20

// FileURL is the URL of messages for a file of that name.
func FileURL(name string) string { return (&url.URL{Scheme: SchemeFile, Path: "/" + name}).String() }

// lines is the Sender of files.
type lines struct {
	dir string
	max int64
	mu  sync.Mutex // one attempt at a time: lines stay whole
}

// Files returns the Sender for SchemeFile: each event is a line of JSON at the
// end of a file in dir. A file is written without waiting for the disk, and is
// bounded: it is for looking at, not for keeping.
func Files(dir string) Sender { return &lines{dir: dir, max: maxLines} }

// Send implements Sender.
func (l *lines) Send(_ context.Context, p Parcel) Outcome {
	u, err := url.Parse(p.First().URL)
	if err != nil {
		return Outcome{Err: fmt.Errorf("%w: %w", errNotSent, withoutURL(err))}
	}
	name := strings.TrimPrefix(u.Path, "/")
	if !fs.ValidPath(name) || name == "." || strings.ContainsAny(name, `/\:`) {
		return Outcome{Status: http.StatusBadRequest, Answer: []byte("that is no name of a file")}
	}
	var text bytes.Buffer
	for _, event := range elements(p.Body()) {
		if err := json.Compact(&text, event); err != nil {
			return Outcome{Status: http.StatusBadRequest, Answer: []byte("the event is not JSON")}
		}
		text.WriteByte('\n')
	}
	switch err := l.append(name, text.Bytes()); {
	case err == nil:
		return Outcome{Status: http.StatusOK}
	case errors.Is(err, syscall.ENOSPC):
		return Outcome{Status: http.StatusInsufficientStorage, Answer: []byte("the disk is full")}
	default:
		return Outcome{Err: err}
	}
}

func (l *lines) append(name string, text []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := os.MkdirAll(l.dir, 0o700); err != nil {
		return err
	}
	path := filepath.Join(l.dir, name)
	if have, err := os.Stat(path); err == nil && have.Size() > 0 && have.Size()+int64(len(text)) > l.max {
		if err := os.Rename(path, path+".1"); err != nil {
			return err
		}
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Close())
}
