package backbone

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// MaxMessage bounds one message of a stream or one value of a bucket, in bytes.
const MaxMessage = 8 << 20

// Config is where the backbone stores.
type Config struct {
	Dir      string    // data directory; the server takes its subdirectory "backbone"
	Listener *Listener // of the server; nil: it has no port
}

// Backbone is an open connection to JetStream. It is safe for concurrent use.
type Backbone struct {
	server  *server.Server
	lock    *dirLock
	reviver *reviver
	conn    *nats.Conn
	js      jetstream.JetStream

	clients      *authenticator // nil without a Listener
	events       *nats.Conn
	eventStreams jetstream.JetStream
}

// Open starts the embedded server, and returns when JetStream answers. It fails if another process has the
// directory open, and names that process.
func Open(ctx context.Context, cfg Config, log *slog.Logger) (*Backbone, error) {
	log = log.With("part", "backbone")
	b := &Backbone{}
	if err := b.open(cfg, log); err != nil {
		b.Close()
		return nil, err
	}
	var err error
	if b.js, err = jetstream.New(b.conn, jetstream.WithDefaultTimeout(requestTimeout)); err != nil {
		b.Close()
		return nil, fmt.Errorf("open JetStream: %w", err)
	}
	if _, err := b.js.AccountInfo(ctx); err != nil {
		b.Close()
		return nil, fmt.Errorf("JetStream does not answer: %w", err)
	}
	return b, nil
}

// requestTimeout bounds a request to JetStream that carries no deadline.
const requestTimeout = 10 * time.Second

func (b *Backbone) open(cfg Config, log *slog.Logger) error {
	if cfg.Dir == "" {
		return errors.New("the backbone needs a directory")
	}
	dir := filepath.Join(cfg.Dir, "backbone")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("create the directory of the backbone: %w", err)
	}
	var err error
	if b.lock, err = lockDir(dir); err != nil {
		return err
	}
	if err = repair(dir, log); err != nil {
		return err
	}
	b.reviver = newReviver(dir, log)
	if b.server, b.clients, err = startServer(dir, cfg.Listener, log, b.reviver.hear); err != nil {
		return err
	}
	var reopen func() error
	if b.clients != nil {
		reopen = func() error { return b.clients.openAccount(b.server) }
	}
	b.reviver.start(b.server, reopen)
	options := append(clientOptions(log), nats.InProcessServer(b.server))
	if b.clients != nil {
		options = append(options, nats.UserInfo(ownUser, b.clients.secret))
	}
	if b.conn, err = nats.Connect("", options...); err != nil {
		return fmt.Errorf("connect to the embedded NATS server: %w", err)
	}
	if b.clients == nil {
		return nil
	}
	return b.openEvents(clientOptions(log))
}

// clientOptions keep a connection alive while the streams are opened again.
func clientOptions(log *slog.Logger) []nats.Option {
	return []nats.Option{
		nats.Name("switchhook"),
		nats.MaxReconnects(-1),
		nats.DisconnectErrHandler(func(c *nats.Conn, err error) {
			if !c.IsClosed() && err != nil {
				log.Error("connection to NATS lost", "error", err)
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { log.Info("connection to NATS restored") }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			log.Error("NATS connection reports an error", "error", err)
		}),
	}
}

// JetStream returns the interface to streams and buckets.
func (b *Backbone) JetStream() jetstream.JetStream { return b.js }

// Storing is done, with a cause, while what is stored cannot be written, as on a full
// disk. Afterwards there is another one.
func (b *Backbone) Storing() context.Context {
	return b.reviver.life.Load().ctx
}

// Healthy returns nil while the backbone can be reached and written, for readiness probes.
func (b *Backbone) Healthy() error {
	if storing := b.Storing(); storing.Err() != nil {
		return context.Cause(storing)
	}
	if status := b.conn.Status(); status != nats.CONNECTED {
		return fmt.Errorf("connection to NATS is %s", status)
	}
	return nil
}

// Close ends the connection, stops the embedded server, waits for it and unlocks
// the directory. It may be called more than once.
func (b *Backbone) Close() {
	for _, conn := range []*nats.Conn{b.events, b.conn} {
		if conn != nil {
			conn.Close()
		}
	}
	if b.reviver != nil {
		b.reviver.close()
	}
	if b.server != nil {
		b.server.Shutdown()
		b.server.WaitForShutdown()
	}
	b.lock.release()
}
