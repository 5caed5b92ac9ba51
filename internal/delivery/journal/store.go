package journal

import (
	"context"
	"errors"
)

// Store keeps numbered pages until they are done. One journal uses it.
type Store interface {
	// Recover tells each kept page, oldest first. It is called once, before the
	// other methods.
	Recover(ctx context.Context, tell func(number uint64, data []byte) error) error
	// Append keeps a page; it survives the process when Append returns. An Append
	// that failed may be repeated with the same id, and keeps one page only.
	Append(ctx context.Context, id uint64, data []byte) (number uint64, err error)
	// Sync returns when what was appended before survives a power cut too. A page
	// that does is not without the pages before it. After an error nothing is
	// appended until a Sync, or the one that an Append begins with, succeeds.
	Sync() error
	// Read returns a kept page, or ErrNotKept.
	Read(ctx context.Context, number uint64) ([]byte, error)
	// Done forgets a page. Pages are forgotten in the order of the calls.
	Done(number uint64)
	// Close returns when what was done is forgotten, or ctx ends.
	Close(ctx context.Context) error
}

// ErrNotKept is the error about a page that was forgotten, or never was.
var ErrNotKept = errors.New("the journal does not keep that page")
