package insight

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
)

// logLine is a line of the server's log.
type logLine struct {
	level slog.Level
	text  string
}

func (l *logLine) code(c *coder) {
	level := int(l.level)
	c.number(&level)
	l.level = slog.Level(level)
	c.text(&l.text)
}

func (l *logLine) line() (Kind, string, bool) {
	return KindLog, l.level.String() + " " + l.text, l.level >= slog.LevelWarn
}

func (l *logLine) more() any {
	return map[string]any{"level": l.level.String(), "text": clean(l.text, 4*maxLine)}
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
	former       *callHandler                 // whose attributes come before; nil: there are none
	attrs        []slog.Attr                  // that this one has bound
	late         int                          // how many of all that are bound Handler does not have
	whole        atomic.Pointer[slog.Handler] // with all, once a line was written
}

// WithAttrs implements slog.Handler. The attributes are the handler's own from then on.
func (c *callHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &callHandler{Handler: c.Handler, hub: c.hub, former: c, attrs: attrs, late: c.late + len(attrs)}
}

// WithGroup implements slog.Handler.
func (c *callHandler) WithGroup(name string) slog.Handler {
	return &callHandler{Handler: c.complete().WithGroup(name), hub: c.hub, former: c}
}

// bound appends all attributes that are bound, the first first.
func (c *callHandler) bound(to []slog.Attr) []slog.Attr {
	if c.former != nil {
		to = c.former.bound(to)
	}
	return append(to, c.attrs...)
}

// complete is the handler with all that is bound.
func (c *callHandler) complete() slog.Handler {
	if c.late == 0 {
		return c.Handler
	}
	if whole := c.whole.Load(); whole != nil {
		return *whole
	}
	bound := c.bound(nil)
	whole := c.Handler.WithAttrs(bound[len(bound)-c.late:])
	c.whole.Store(&whole) // of two at once either is right
	return whole
}

func isCallName(key string) bool {
	return key == attrCall || key == attrConnection || key == attrCallID
}

// Handle implements slog.Handler.
func (c *callHandler) Handle(ctx context.Context, line slog.Record) error {
	if h := c.hub(); h != nil {
		bound := c.bound(nil)
		var names []slog.Attr
		note := func(a slog.Attr) bool {
			if isCallName(a.Key) {
				names = append(names, a)
			}
			return true
		}
		for _, a := range bound {
			note(a)
		}
		line.Attrs(note)
		if len(names) > 0 {
			h.logLine(names, bound, line)
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
	l := logLine{line.Level, text}
	l.code(h.begin(formatLog, line.Time))
	h.add(r)
}

// textOf writes a line as people read it. Values with a LogValue hide what is secret.
func textOf(bound []slog.Attr, line slog.Record) string {
	var b strings.Builder
	b.WriteString(line.Message)
	one := func(a slog.Attr) bool {
		if a.Key != attrCall && !a.Equal(slog.Attr{}) && b.Len() < 4*maxLine { // handlers leave out an empty one
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
