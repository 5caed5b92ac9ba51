package store

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
)

// Bounds of a collection.
const (
	MaxID   = 1024 // bytes of an id
	MaxPage = 1000 // items of one List

	openTimeout = 30 * time.Second // of opening a bucket, and of each of its values
	maxTries    = 64               // of an Update whose value others keep changing
)

// Collection keeps values of type T by id. It is safe for concurrent use.
type Collection[T any] struct {
	schema Schema[T]
	bucket bucket
	index  *index
	ttl    time.Duration
	limit  int
	bytes  int
	stop   func()
}

// Option changes how a collection keeps its values.
type Option func(*options)

type options struct {
	ttl   time.Duration
	limit int
	bytes int
}

// WithTTL lets each value vanish that long after it was last written.
func WithTTL(ttl time.Duration) Option { return func(o *options) { o.ttl = ttl } }

// WithLimit bounds the number of values: one more removes the one whose last
// write is the oldest.
func WithLimit(limit int) Option { return func(o *options) { o.limit = limit } }

// WithBytes bounds what this process has written and the collection holds, in bytes: what
// is more removes the values whose last writes are the oldest.
func WithBytes(bytes int) Option { return func(o *options) { o.bytes = bytes } }

// NewCollection opens the collection of a schema, made if it does not
// exist, and reads its ids. Close ends it.
func NewCollection[T any](backend Backend, schema Schema[T], opts ...Option) (*Collection[T], error) {
	var o options
	for _, opt := range opts {
		opt(&o)
	}
	ctx, cancel := context.WithTimeout(context.Background(), openTimeout)
	defer cancel()
	b, err := backend.open(ctx, schema.name, o.ttl)
	if err != nil {
		return nil, fmt.Errorf("open collection %s: %w", schema.name, err)
	}
	c := &Collection[T]{schema: schema, bucket: b, index: newIndex(o.ttl > 0 || o.limit > 0 || o.bytes > 0), ttl: o.ttl, limit: o.limit, bytes: o.bytes}
	if c.stop, err = b.watch(ctx, c.apply); err != nil {
		return nil, fmt.Errorf("open collection %s: %w", schema.name, err)
	}
	return c, nil
}

// Close stops following the bucket. Call it before the backbone is closed.
func (c *Collection[T]) Close() { c.stop() }

// apply takes a change of the bucket into the index. A key that cannot be decoded
// was not written by a collection; it is left alone.
func (c *Collection[T]) apply(changed change) {
	if id, err := base64.RawURLEncoding.DecodeString(changed.key); err == nil {
		c.index.apply(string(id), changed)
	}
}

func (c *Collection[T]) key(id string) (string, error) {
	if id == "" || len(id) > MaxID {
		return "", fault.Invalid("the id of an item of %s must have 1 to %d bytes", c.schema.name, MaxID)
	}
	return base64.RawURLEncoding.EncodeToString([]byte(id)), nil
}

// load returns the stored entry, or errNoKey, also where it has expired.
func (c *Collection[T]) load(ctx context.Context, key string) (entry, error) {
	e, err := c.bucket.get(ctx, key)
	if err == nil && c.expired(e) {
		return e, errNoKey
	}
	return e, err
}

func (c *Collection[T]) expired(e entry) bool {
	return c.ttl > 0 && time.Since(e.written) >= c.ttl
}

// fail gives a bucket's answer its kind.
func (c *Collection[T]) fail(did, id string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errNoKey):
		return fault.NotFound("there is no %q in %s", id, c.schema.name)
	case errors.Is(err, errRevision):
		return fault.Conflict("%s %q exists already", c.schema.name, id)
	}
	return fmt.Errorf("%s %s %q: %w", did, c.schema.name, id, err)
}

func (c *Collection[T]) decode(id string, e entry) (T, error) {
	value, err := c.schema.Decode(e.value)
	if err != nil {
		return value, fmt.Errorf("%s %q is %w", c.schema.name, id, err)
	}
	return value, nil
}
