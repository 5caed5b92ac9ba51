package main

import (
	"context"
	"log/slog"
	"os"
)

// hangups are the SIGHUPs that a server gets. A terminal that is closed sends one to its
// programs. People and programs send others to services whose settings or logs they have
// changed.
type hangups struct {
	signals  <-chan os.Signal // nil: nobody listens
	terminal bool             // the process was started in one
}

// hear lets the server stop, as SIGTERM does, when its terminal is closed. One without a
// terminal goes on: calls are not to end because somebody expected settings to be read again.
func (h hangups) hear(ctx context.Context, log *slog.Logger, stop func()) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.signals:
		}
		if h.terminal {
			log.Info("the terminal was closed")
			stop()
			return
		}
		log.Warn("SIGHUP changes nothing: settings are read when the server starts, certificates whenever they change")
	}
}
