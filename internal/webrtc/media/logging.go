package media

import (
	"fmt"
	"log/slog"

	pion "github.com/pion/logging"
)

// logging gives pion loggers that write at debug level: what it calls an error is
// mostly a client that has gone.
type logging struct{ log *slog.Logger }

// NewLogger makes the logger of one of pion's parts.
func (l logging) NewLogger(part string) pion.LeveledLogger {
	return partLog{l.log.With("pion", part)}
}

type partLog struct{ log *slog.Logger }

func (l partLog) Trace(string)          {}
func (l partLog) Tracef(string, ...any) {}
func (l partLog) Debug(string)          {}
func (l partLog) Debugf(string, ...any) {}
func (l partLog) Info(string)           {}
func (l partLog) Infof(string, ...any)  {}
func (l partLog) Warn(text string)      { l.write("warning", text) }
func (l partLog) Error(text string)     { l.write("error", text) }

func (l partLog) Warnf(format string, values ...any) {
	l.write("warning", fmt.Sprintf(format, values...))
}
func (l partLog) Errorf(format string, values ...any) {
	l.write("error", fmt.Sprintf(format, values...))
}

func (l partLog) write(level, text string) {
	l.log.Debug("the WebRTC stack says", "level", level, "text", text)
}
