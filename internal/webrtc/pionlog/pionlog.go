// Package pionlog gives pion's packages loggers that write at debug level: what they
// call an error is mostly a client that has gone.
package pionlog

import (
	"fmt"
	"log/slog"

	pion "github.com/pion/logging"
)

// Factory makes the loggers of pion's parts.
type Factory struct{ Log *slog.Logger }

// NewLogger makes the logger of one part.
func (f Factory) NewLogger(part string) pion.LeveledLogger {
	return logger{f.Log.With("pion", part)}
}

type logger struct{ log *slog.Logger }

func (l logger) Trace(string)          {}
func (l logger) Tracef(string, ...any) {}
func (l logger) Debug(string)          {}
func (l logger) Debugf(string, ...any) {}
func (l logger) Info(string)           {}
func (l logger) Infof(string, ...any)  {}
func (l logger) Warn(text string)      { l.write("warning", text) }
func (l logger) Error(text string)     { l.write("error", text) }

func (l logger) Warnf(format string, values ...any) {
	l.write("warning", fmt.Sprintf(format, values...))
}
func (l logger) Errorf(format string, values ...any) {
	l.write("error", fmt.Sprintf(format, values...))
}

func (l logger) write(level, text string) {
	l.log.Debug("the WebRTC stack says", "level", level, "text", text)
}
