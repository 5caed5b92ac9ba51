package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
)

// Get returns the value of the id, or fault.NotFound.
func (c *Collection[T]) Get(ctx context.Context, id string) (T, error) {
	var none T
	key, err := c.key(id)
	if err != nil {
		return none, err
	}
	e, err := c.load(ctx, key)
	if err != nil {
		return none, c.fail("read", id, err)
	}
	return c.decode(id, e)
}

// Put writes the value, whether or not the id exists.
func (c *Collection[T]) Put(ctx context.Context, id string, value T) error {
	key, data, err := c.encoded(id, value)
	if err != nil {
		return err
	}
	revision, err := c.bucket.put(ctx, key, data)
	if err != nil {
		return c.fail("write", id, err)
	}
	return c.evict(ctx, id, revision, len(data))
}

// Create writes the value of a new id, or fails with fault.Conflict.
func (c *Collection[T]) Create(ctx context.Context, id string, value T) error {
	key, data, err := c.encoded(id, value)
	if err != nil {
		return err
	}
	revision, err := c.bucket.swap(ctx, key, data, 0)
	if errors.Is(err, errRevision) && c.ttl > 0 {
		// What is in the way may have expired without being swept yet.
		if e, got := c.bucket.get(ctx, key); got == nil && c.expired(e) {
			revision, err = c.bucket.swap(ctx, key, data, e.revision)
		}
	}
	if err != nil {
		return c.fail("create", id, err)
	}
	return c.evict(ctx, id, revision, len(data))
}

// encoded is the key of an id, and what its value is written as.
func (c *Collection[T]) encoded(id string, value T) (key string, data []byte, err error) {
	if key, err = c.key(id); err != nil {
		return "", nil, err
	}
	if data, err = c.schema.Encode(value); err != nil {
		return "", nil, c.fail("encode", id, err)
	}
	return key, data, nil
}

// Update changes a value in place: change gets the present value, and again if
// somebody else wrote in between, so it must have no effect but on its value.
// Its error is returned as it is, and nothing is written then.
func (c *Collection[T]) Update(ctx context.Context, id string, change func(*T) error) error {
	key, err := c.key(id)
	if err != nil {
		return err
	}
	for range maxTries {
		e, err := c.load(ctx, key)
		if err != nil {
			return c.fail("read", id, err)
		}
		value, err := c.decode(id, e)
		if err != nil {
			return err
		}
		if err := change(&value); err != nil {
			return err
		}
		data, err := c.schema.Encode(value)
		if err != nil {
			return c.fail("encode", id, err)
		}
		revision, err := c.bucket.swap(ctx, key, data, e.revision)
		if err == nil {
			return c.evict(ctx, id, revision, len(data))
		}
		if !errors.Is(err, errRevision) {
			return c.fail("update", id, err)
		}
	}
	return fault.Conflict("%s %q keeps being changed by others", c.schema.name, id)
}

// Delete removes the value, or fails with fault.NotFound.
func (c *Collection[T]) Delete(ctx context.Context, id string) error {
	key, err := c.key(id)
	if err != nil {
		return err
	}
	for range maxTries {
		e, err := c.load(ctx, key)
		if err != nil {
			return c.fail("read", id, err)
		}
		err = c.bucket.remove(ctx, key, e.revision)
		if err == nil {
			c.index.recordRemoval(id, e.revision)
			return nil
		}
		if !errors.Is(err, errRevision) {
			return c.fail("delete", id, err)
		}
	}
	return fault.Conflict("%s %q keeps being changed by others", c.schema.name, id)
}

// evict records a write, and removes values that have expired or are too many.
func (c *Collection[T]) evict(ctx context.Context, id string, revision uint64, size int) error {
	c.index.recordWrite(id, revision, time.Now(), size)
	if c.ttl == 0 && c.limit == 0 && c.bytes == 0 {
		return nil
	}
	var expiry time.Time
	if c.ttl > 0 {
		expiry = time.Now().Add(-c.ttl)
	}
	for {
		old, revision, ok := c.index.nextEviction(expiry, c.limit, c.bytes)
		if !ok {
			return nil
		}
		key, err := c.key(old)
		if err != nil {
			return err
		}
		// A failed comparison means that it was written or removed meanwhile.
		if err := c.bucket.remove(ctx, key, revision); err != nil && !errors.Is(err, errRevision) {
			return fmt.Errorf("remove old values of %s: %w", c.schema.name, err)
		}
		c.index.recordRemoval(old, revision)
	}
}
