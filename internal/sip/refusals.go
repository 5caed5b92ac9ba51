package sip

import (
	"context"
	"log/slog"
	"sync/atomic"
)

// Refusals counts what was turned away since the start.
type Refusals struct {
	Strangers uint64 // requests of addresses that are no trunk's, or with wrong credentials
	Dropped   uint64 // of those beyond their rate, without an answer
	Malformed uint64 // messages that nobody can read, or that lack what every request has
	Busy      uint64 // calls that came when the server was full or stopping
	Overload  uint64 // calls that came when there was too much to do
}

// counts are the counters.
type counts struct{ strangers, dropped, malformed, busy, overload atomic.Uint64 }

// Refusals returns the counts.
func (s *Server) Refusals() Refusals {
	r := &s.refusals
	return Refusals{r.strangers.Load(), r.dropped.Load(), r.malformed.Load(), r.busy.Load(), r.overload.Load()}
}

// unreadable counts the messages that sipgo cannot read, which it tells to its
// log alone, and passes records on to be debugged.
type unreadable struct {
	slog.Handler
	count *atomic.Uint64
}

func (h unreadable) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelError || h.Handler.Enabled(ctx, level)
}

func (h unreadable) Handle(ctx context.Context, r slog.Record) error {
	if r.Message == "failed to parse" {
		h.count.Add(1)
	}
	if !h.Handler.Enabled(ctx, r.Level) {
		return nil
	}
	return h.Handler.Handle(ctx, r)
}

func (h unreadable) WithAttrs(attrs []slog.Attr) slog.Handler {
	return unreadable{h.Handler.WithAttrs(attrs), h.count}
}

func (h unreadable) WithGroup(name string) slog.Handler {
	return unreadable{h.Handler.WithGroup(name), h.count}
}
