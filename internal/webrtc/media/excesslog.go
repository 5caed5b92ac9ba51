package media

import (
	"strings"

	pion "github.com/pion/logging"
)

// watched makes loggers for a connection. That a report could not be read, pion tells
// nobody but its log.
type watched struct {
	pion.LoggerFactory
	by *excess
}

// NewLogger implements pion's LoggerFactory.
func (w watched) NewLogger(part string) pion.LeveledLogger {
	logger := w.LoggerFactory.NewLogger(part)
	if part == "srtp" {
		return watcher{logger, w.by}
	}
	return logger
}

type watcher struct {
	pion.LeveledLogger
	by *excess
}

// Info hears why a packet was dropped: errors of package rtcp come after its password was
// right, so that nobody else makes them.
func (w watcher) Info(text string) {
	if strings.HasPrefix(text, "rtcp: ") {
		w.by.spend(w.by.broken, "its reports cannot be read")
	}
	w.LeveledLogger.Info(text)
}
