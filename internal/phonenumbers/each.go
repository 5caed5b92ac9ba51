package phonenumbers

import (
	"context"

	"github.com/switchhook/switchhook/internal/store"
)

// each calls do with every item of a collection, in the order of their ids.
func each[T any](ctx context.Context, c *store.Collection[T], do func(id string, value T) error) error {
	token := ""
	for {
		page, next, err := c.List(ctx, token, store.MaxPage)
		if err != nil {
			return err
		}
		for _, item := range page {
			if err := do(item.ID, item.Value); err != nil {
				return err
			}
		}
		if token = next; token == "" {
			return nil
		}
	}
}
