package store

import (
	"context"
	"errors"
	"time"
)

// Backend is where collections live: OnBackbone or InMemory.
type Backend interface {
	// open returns the bucket of that name, made if it does not exist. ttl is
	// how long a value must be kept at least; 0 is for ever.
	open(ctx context.Context, name string, ttl time.Duration) (bucket, error)
}

// What a bucket answers, beside failures of its own.
var (
	errNoKey    = errors.New("no such key")
	errRevision = errors.New("revision differs")
)

// entry is a stored value. Revisions of one bucket only grow.
type entry struct {
	value    []byte
	revision uint64
	written  time.Time
}

// change is what a watch reports of one key.
type change struct {
	key      string
	revision uint64
	written  time.Time
	size     int // bytes of the value; 0 where the backend does not tell
	removed  bool
}

// bucket is the small part of a key-value store that collections need.
type bucket interface {
	// get fails with errNoKey.
	get(ctx context.Context, key string) (entry, error)
	// put writes whatever is there.
	put(ctx context.Context, key string, value []byte) (revision uint64, err error)
	// swap writes if the key's revision is the given one, 0 meaning that there
	// is no value; else it fails with errRevision.
	swap(ctx context.Context, key string, value []byte, revision uint64) (uint64, error)
	// remove deletes the key if its revision is the given one, or errRevision.
	remove(ctx context.Context, key string, revision uint64) error
	// watch reports every present key before it returns, and then each change,
	// until stop is called. That includes the caller's own changes.
	watch(ctx context.Context, report func(change)) (stop func(), err error)
}
