package main

import (
	"io"
	"log/slog"
)

// newServerLog writes records of that level and above, as text or JSON lines, without waiting for whoever takes
// them. end writes the last ones.
func newServerLog(w io.Writer, level slog.Level, format string) (log *slog.Logger, end func()) {
	direct := newLogger(w, level, format)
	buffer := newLogBuffer(w, func(leftOut int) {
		direct.Warn("lines of the log were left out: nobody took them", "lines", leftOut)
	})
	return newLogger(buffer, level, format), buffer.Close
}

// newLogger writes records of that level and above, as text or JSON lines.
func newLogger(w io.Writer, level slog.Level, format string) *slog.Logger {
	options := &slog.HandlerOptions{Level: level}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
