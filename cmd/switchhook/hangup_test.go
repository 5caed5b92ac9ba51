package main

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"strings"
	"testing"
	"testing/synctest"
)

// TestClosedTerminalStopsItsServerAlone: a terminal that is closed stops its server; calls of a service go on, and
// its log says why nothing has changed.
func TestClosedTerminalStopsItsServerAlone(t *testing.T) {
	for _, test := range []struct {
		name     string
		terminal bool
		says     string
	}{{"in a terminal", true, "the terminal was closed"}, {"of a service", false, "SIGHUP changes nothing"}} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, end := context.WithCancel(t.Context())
				signals, stopped := make(chan os.Signal, 1), false
				var log bytes.Buffer
				go hangups{signals, test.terminal}.hear(ctx, slog.New(slog.NewTextHandler(&log, nil)), func() { stopped = true })
				for range 2 {
					select {
					case signals <- os.Interrupt:
					default:
					}
					synctest.Wait()
				}
				end()
				synctest.Wait()
				if stopped != test.terminal || !strings.Contains(log.String(), test.says) {
					t.Errorf("stopped: %v; the log is %s", stopped, &log)
				}
			})
		})
	}
}
