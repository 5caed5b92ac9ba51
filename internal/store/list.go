package store

import (
	"context"
	"errors"
	"iter"
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
	after, err := PageKey(token)
	if err != nil {
		return nil, "", err
	}
	limit = min(max(limit, 1), MaxPage)
	more := true
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
		next = PageToken(after)
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
