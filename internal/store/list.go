package store

import (
	"context"
	"encoding/base64"
	"errors"
	"iter"

	"github.com/switchhook/switchhook/internal/fault"
)

// Item is a value with its id.
type Item[T any] struct {
	ID    string
	Value T
}

// List returns up to limit items (at most MaxPage) in the order of their ids,
// behind the page that gave the token ("" begins), and the token of the next
// page ("" at the end). A token names the last id of its page, so pages stay
// right while items come and go; a token that no List gave is fault.Invalid.
func (c *Collection[T]) List(ctx context.Context, token string, limit int) (items []Item[T], next string, err error) {
	last, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(last) > MaxID {
		return nil, "", fault.Invalid("the page token is not one that was given out")
	}
	limit = min(max(limit, 1), MaxPage)
	after, more := string(last), true
	// Values that vanish between the index and the bucket leave room to fill.
	for more && len(items) < limit {
		var ids []string
		var watched uint64
		ids, more, watched = c.index.after(after, limit-len(items))
		for _, id := range ids {
			after = id
			key, err := c.key(id)
			if err != nil {
				return nil, "", err
			}
			e, err := c.load(ctx, key)
			if errors.Is(err, errNoKey) {
				c.index.removeExpired(id, watched)
				continue
			}
			if err != nil {
				return nil, "", c.fail("read", id, err)
			}
			value, err := c.decode(id, e)
			if err != nil {
				return nil, "", err
			}
			items = append(items, Item[T]{id, value})
		}
	}
	if more {
		next = base64.RawURLEncoding.EncodeToString([]byte(after))
	}
	return items, next, nil
}

// All yields every item in the order of their ids, read a page at a time, with no
// lock in between: what comes or goes meanwhile may be among them or not. An
// error is the last that it yields.
func (c *Collection[T]) All(ctx context.Context) iter.Seq2[Item[T], error] {
	return func(yield func(Item[T], error) bool) {
		for token, more := "", true; more; more = token != "" {
			items, next, err := c.List(ctx, token, MaxPage)
			if err != nil {
				yield(Item[T]{}, err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			token = next
		}
	}
}
