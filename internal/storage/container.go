package storage

import (
	"context"
	"io"
	"iter"
	"time"
)

// Container is a set of files with names such as "INCOMING/2026/1/2/3/a.json".
// It is safe for concurrent use. Its errors are of type *Error where the place
// gave an answer, and fit errors.Is with ErrNotFound.
type Container interface {
	// Put stores content, up to its end, as a file. The file appears when it is
	// complete, or not at all; it replaces one of the same name. Content is not
	// closed.
	Put(ctx context.Context, name string, content io.Reader, as Properties) error
	// Get opens a file for reading, from offset on: length bytes at most, to the
	// end if length is negative. An offset at the end or after it is an error. The
	// caller closes the file.
	Get(ctx context.Context, name string, offset, length int64) (*File, error)
	// List returns the files whose names begin with prefix, in the order of their
	// names, from the place that a former page's Next names; "" is the beginning.
	// A page has limit files at most, and may have fewer, or none, though others
	// follow.
	List(ctx context.Context, prefix, from string, limit int) (Page, error)
	// Remove deletes a file. A name without a file may be an ErrNotFound or not:
	// S3 does not tell.
	Remove(ctx context.Context, name string) error
}

// Properties are kept with a file.
type Properties struct {
	ContentType string            // MIME type; "" takes application/octet-stream
	Metadata    map[string]string // names: letters, digits, underscores, compared without case
}

// Info describes a file. List leaves the Properties out.
type Info struct {
	Name     string
	Size     int64 // of the whole file, in bytes
	Modified time.Time
	Properties
}

// File is an open file, at the place where Get opened it.
type File struct {
	Info
	io.ReadCloser
}

// Page is a part of a list.
type Page struct {
	Files []Info
	Next  string // for the next call of List; "": this is the last page
}

// pageSize is what Walk asks for at once: what S3 gives at most.
const pageSize = 1000

// Walk goes through the files whose names begin with prefix, in their order. It
// ends after the first error.
func Walk(ctx context.Context, c Container, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		for from := ""; ; {
			page, err := c.List(ctx, prefix, from, pageSize)
			if err != nil {
				yield(Info{}, err)
				return
			}
			for _, info := range page.Files {
				if !yield(info, nil) {
					return
				}
			}
			if from = page.Next; from == "" {
				return
			}
		}
	}
}
