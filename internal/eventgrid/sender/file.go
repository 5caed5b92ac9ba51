package sender

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

	"github.com/switchhook/switchhook/internal/delivery"
)

// SchemeFile is the scheme of files of JSON lines: file:///NAME.
const SchemeFile = "file"

// maxLines is how large such a file grows, in bytes; then it is renamed to
// NAME.1, which replaces the one before, and a new file begins.
const maxLines = 64 << 20

// FileURL is the URL of messages for a file of that name.
func FileURL(name string) string { return (&url.URL{Scheme: SchemeFile, Path: "/" + name}).String() }

// lines is the Sender of files.
type lines struct {
	dir string
	max int64
	mu  sync.Mutex // one attempt at a time: lines stay whole
}

// NewFiles returns the Sender for SchemeFile: each event is a line of JSON at the
// end of a file in dir. A file is written without waiting for the disk, and its
// size is bounded: it is for development.
func NewFiles(dir string) delivery.Sender { return &lines{dir: dir, max: maxLines} }

// Send implements Sender.
func (l *lines) Send(_ context.Context, p delivery.Parcel) delivery.Outcome {
	u, err := url.Parse(p.First().URL)
	if err != nil {
		return delivery.Outcome{Err: fmt.Errorf("%w: %w", delivery.ErrNotSent, delivery.WithoutURL(err))}
	}
	name := strings.TrimPrefix(u.Path, "/")
	if !fs.ValidPath(name) || name == "." || strings.ContainsAny(name, `/\:`) {
		return delivery.Outcome{Status: http.StatusBadRequest, Answer: []byte("the file name is not valid")}
	}
	var text bytes.Buffer
	for _, event := range elements(p.Body()) {
		if err := json.Compact(&text, event); err != nil {
			return delivery.Outcome{Status: http.StatusBadRequest, Answer: []byte("the event is not JSON")}
		}
		text.WriteByte('\n')
	}
	switch err := l.append(name, text.Bytes()); {
	case err == nil:
		return delivery.Outcome{Status: http.StatusOK}
	case errors.Is(err, syscall.ENOSPC):
		return delivery.Outcome{Status: http.StatusInsufficientStorage, Answer: []byte("the disk is full")}
	default:
		return delivery.Outcome{Err: err}
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
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(appendLines(file, text), file.Close())
}

// appendLines leaves no half a line behind it, which would spoil the next one, and ends one that
// a crash has left.
func appendLines(file *os.File, text []byte) error {
	have, err := file.Stat()
	if err != nil {
		return err
	}
	if size := have.Size(); size > 0 {
		var last [1]byte
		if _, err := file.ReadAt(last[:], size-1); err != nil {
			return err
		}
		if last[0] != '\n' {
			text = append([]byte("\n"), text...)
		}
	}
	if _, err = file.Write(text); err != nil {
		_ = file.Truncate(have.Size())
	}
	return err
}
