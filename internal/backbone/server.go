package backbone

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/nats-io/nats-server/v2/server"
)

// maxStreamMemory bounds what streams keep in memory alone, in bytes.
const maxStreamMemory = 64 << 20

// maxStore bounds what streams keep on disk, in bytes. The NATS server would take three quarters of what is free when it
// opens them: after a start on a disk that is nearly full, little could be stored however much room is made.
// What each part stores has a bound of its own.
const maxStore = 1 << 60

// startServer runs a NATS server that keeps its streams in dir. Without a Listener
// it has no port, and no authenticator. failed hears of what it logs as errors.
func startServer(dir string, listener *Listener, log *slog.Logger, failed func(text string)) (*server.Server, *authenticator, error) {
	options := &server.Options{
		ServerName: "switchhook",
		DontListen: true,
		NoSigs:     true, // the program has its own signal handlers
		JetStream:  true,
		StoreDir:   dir,
		SyncAlways: true, // "accepted" means on the disk, not in the page cache
		MaxPayload: MaxMessage,
		// Every stream is on disk; a memory stream serves consumers' state only.
		JetStreamMaxMemory:     maxStreamMemory,
		JetStreamMaxStore:      maxStore,
		DisableJetStreamBanner: true,
	}
	var clients *authenticator
	if listener != nil {
		var err error
		if clients, err = listener.configure(options); err != nil {
			return nil, nil, fmt.Errorf("listen for NATS clients on %s: %w", listener.Address, err)
		}
	}
	s, err := server.NewServer(options)
	if err != nil {
		return nil, nil, fmt.Errorf("configure the embedded NATS server: %w", err)
	}
	s.SetLoggerV2(serverLog{log, failed}, false, false, false)
	s.Start() // it returns when everything runs
	if !s.JetStreamEnabled() {
		s.Shutdown()
		s.WaitForShutdown()
		return nil, nil, fmt.Errorf("the embedded NATS server cannot open its streams in %s; the log says why", dir)
	}
	return s, clients, nil
}

// serverLog is the logger of the NATS server: it writes to ours, notices as debug
// messages.
type serverLog struct {
	log    *slog.Logger
	failed func(text string)
}

func (l serverLog) write(level slog.Level, format string, v []any) {
	if !l.log.Enabled(context.Background(), level) {
		return
	}
	l.log.Log(context.Background(), level, "message of the embedded NATS server", "text", fmt.Sprintf(format, v...))
}

// The methods of server.Logger.
func (l serverLog) Noticef(format string, v ...any) { l.write(slog.LevelDebug, format, v) }
func (l serverLog) Fatalf(format string, v ...any)  { l.write(slog.LevelError, format, v) }
func (l serverLog) Errorf(format string, v ...any) {
	l.failed(fmt.Sprintf(format, v...))
	l.write(slog.LevelError, format, v)
}

// Warnf writes a warning. What the server says of its indexes is none: after a crash or on a full disk it makes
// them anew of the messages. What is damaged of those is found by repair, before.
func (l serverLog) Warnf(format string, v ...any) {
	text := fmt.Sprintf(format, v...)
	for _, of := range []string{"Stream state ", " state is outdated", " state from index errored"} {
		if strings.Contains(text, of) {
			l.log.Info("an index of stored data is made anew", "text", text)
			return
		}
	}
	l.write(slog.LevelWarn, "%s", []any{text})
}
func (l serverLog) Debugf(format string, v ...any) {}
func (l serverLog) Tracef(format string, v ...any) {}
