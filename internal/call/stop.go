package call

import "context"

// Drain refuses new calls from now on.
func (r *Registry) Drain() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.draining = true
	if len(r.calls) == 0 {
		r.closeEmpty()
	}
}

// Stop drains, lets the running calls end by themselves until ctx is done, then
// ends them with their events, and returns when nothing is left to do in them or
// when last is done.
func (r *Registry) Stop(ctx, last context.Context) error {
	r.Drain()
	select {
	case <-r.empty:
		return nil
	case <-ctx.Done():
	}
	r.mu.Lock()
	running := make([]*Call, 0, len(r.calls))
	for c := range r.calls {
		running = append(running, c)
	}
	r.mu.Unlock()
	for _, c := range running {
		c.post(func() { c.finish(Reason{Kind: ServerStopped, Text: "the server was stopped"}, nil) })
	}
	select {
	case <-r.empty:
		return nil
	case <-last.Done():
		return context.Cause(last)
	}
}

// closeEmpty runs under r.mu.
func (r *Registry) closeEmpty() {
	select {
	case <-r.empty:
	default:
		close(r.empty)
	}
}
