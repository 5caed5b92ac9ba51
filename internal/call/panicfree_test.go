package call_test

import (
	"context"
	"io"
	"log/slog"
	"testing"
)

// panicFree is the log of calls that must not panic: the test fails where one says so. Those that
// are recovered would pass unseen otherwise.
type panicFree struct {
	slog.Handler
	t *testing.T
}

func newPanicFree(t *testing.T) *slog.Logger {
	return slog.New(panicFree{slog.NewTextHandler(io.Discard, nil), t})
}

// Handle implements slog.Handler.
func (h panicFree) Handle(ctx context.Context, r slog.Record) error {
	if r.Message == "panic recovered" {
		r.Attrs(func(a slog.Attr) bool { h.t.Errorf("panic recovered: %s", a); return true })
	}
	return h.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (h panicFree) WithAttrs(list []slog.Attr) slog.Handler {
	return panicFree{h.Handler.WithAttrs(list), h.t}
}

// WithGroup implements slog.Handler.
func (h panicFree) WithGroup(name string) slog.Handler {
	return panicFree{h.Handler.WithGroup(name), h.t}
}
