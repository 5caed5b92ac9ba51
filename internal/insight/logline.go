package insight

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
)

// logLine is a line of the server's log.
type logLine struct {
	level slog.Level
	text  string
}

func (l logLine) size() int { return logLineSize + roomOf(len(l.text)) }

func (l logLine) render() (Kind, string, bool, any) {
	return KindLog, l.level.String() + " " + l.text, l.level >= slog.LevelWarn, map[string]any{"level": l.level.String(), "text": clean(l.text, 4*maxLine)}
}

// Attributes by which a line names its call.
const (
	attrCall       = "call"       // a correlation id, or a serverCallId
	attrConnection = "connection" // a callConnectionId
	attrCallID     = "call_id"    // SIP's Call-ID
)

// Handler returns a handler that gives the lines of calls to the hub as well. hub
// returns nil while there is none.
func Handler(next slog.Handler, hub func() *Hub) slog.Handler {
	return &callHandler{Handler: next, hub: hub}
}

// callHandler binds attributes when the first line is written: most calls bind some and
// write none where only warnings are logged.
type callHandler struct {
	slog.Handler // without the last of the bound attributes
	hub          func() *Hub
	names        []slog.Attr                  // those bound that name a call
	bound        []slog.Attr                  // all that are bound
	late         int                          // how many of them Handler does not have
	whole        atomic.Pointer[slog.Handler] // with all, once a line was written
}

// WithAttrs implements slog.Handler.
func (c *callHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	next := &callHandler{Handler: c.Handler, hub: c.hub, names: c.names, late: c.late + len(attrs)}
	next.bound = append(slices.Clip(c.bound), attrs...)
	for _, a := range attrs {
		if isCallName(a.Key) {
			next.names = append(slices.Clip(next.names), a)
		}
	}
	return next
}

// WithGroup implements slog.Handler.
func (c *callHandler) WithGroup(name string) slog.Handler {
	return &callHandler{Handler: c.complete().WithGroup(name), hub: c.hub, names: c.names, bound: c.bound}
}

// complete is the handler with all that is bound.
func (c *callHandler) complete() slog.Handler {
	if c.late == 0 {
		return c.Handler
	}
	if whole := c.whole.Load(); whole != nil {
		return *whole
	}
	whole := c.Handler.WithAttrs(c.bound[len(c.bound)-c.late:])
	c.whole.Store(&whole) // of two at once either is right
	return whole
}

func isCallName(key string) bool {
	return key == attrCall || key == attrConnection || key == attrCallID
}

// Handle implements slog.Handler.
func (c *callHandler) Handle(ctx context.Context, line slog.Record) error {
	if h := c.hub(); h != nil {
		names := c.names
		line.Attrs(func(a slog.Attr) bool {
			if isCallName(a.Key) {
				names = append(slices.Clip(names), a)
			}
			return true
		})
		if len(names) > 0 {
			h.logLine(names, c.bound, line)
		}
	}
	return c.complete().Handle(ctx, line)
}

func (h *Hub) logLine(names, bound []slog.Attr, line slog.Record) {
	text := textOf(bound, line) // before the lock: a LogValue may do anything
	h.mu.Lock()
	defer h.mu.Unlock()
	var r *record
	for i := 0; r == nil && i < len(names); i++ {
		switch value := names[i].Value.String(); names[i].Key {
		case attrCall:
			if r = h.byID[value]; r == nil {
				r = h.byName[value]
			}
		case attrConnection:
			r = h.byName[value]
		case attrCallID:
			if d := h.dialogs[value]; d != nil {
				r = d.record
			}
		}
	}
	if r == nil {
		return
	}
	h.add(r, line.Time, logLine{line.Level, text})
}

// textOf writes a line as people read it. Values with a LogValue hide what is secret.
func textOf(bound []slog.Attr, line slog.Record) string {
	var b strings.Builder
	b.WriteString(line.Message)
	one := func(a slog.Attr) bool {
		if a.Key != attrCall && b.Len() < 4*maxLine {
			b.WriteByte(' ')
			b.WriteString(a.Key)
			b.WriteByte('=')
			b.WriteString(a.Value.Resolve().String())
		}
		return true
	}
	for _, a := range bound {
		one(a)
	}
	line.Attrs(one)
	return cut(b.String(), 4*maxLine)
}
