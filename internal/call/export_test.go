package call

import "context"

// Awaited counts the calls of whose end somebody wants to be told.
func (r *Registry) Awaited() (n int) {
	for c := range r.calls {
		ask(context.Background(), c, func() (struct{}, error) {
			if c.over != nil {
				n++
			}
			return struct{}{}, nil
		})
	}
	return n
}

// StaysFor counts for what a connection's call stays although it may have ended.
func (c *Connection) StaysFor() int {
	n, _ := ask(context.Background(), c.call, func() (int, error) { return c.call.kept, nil })
	return n
}
