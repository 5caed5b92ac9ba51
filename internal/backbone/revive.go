package backbone

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// reviver opens the streams of the embedded server again once they can be written:
//
//	open ──a write fails──> failing ──there is room again──> open
//
// The NATS server takes no write to a stream after one that failed, as on a full disk, and
// does not answer that one either, until it is started anew.
type reviver struct {
	server *server.Server
	dir    string
	log    *slog.Logger
	reopen func() error // of the account of clients; nil: there is none

	life   atomic.Pointer[life]
	broken chan struct{} // has room for one
	stop   context.CancelFunc
	work   sync.WaitGroup
}

// life is the time between two failures.
type life struct {
	ctx  context.Context
	fail context.CancelCauseFunc
}

// reviveEvery is the time between two attempts.
const reviveEvery = time.Second

// probeSize is what must fit on the disk, in bytes, before the streams are opened again.
const probeSize = 1 << 20

func newReviver(dir string, log *slog.Logger) *reviver {
	r := &reviver{dir: dir, log: log, broken: make(chan struct{}, 1)}
	r.live()
	return r
}

func (r *reviver) live() {
	ctx, fail := context.WithCancelCause(context.Background())
	r.life.Store(&life{ctx, fail})
}

// hear takes what the server writes into its log as an error, which is where it tells.
func (r *reviver) hear(text string) {
	if !strings.Contains(strings.ToLower(text), "critical write error") {
		return
	}
	r.life.Load().fail(errors.New(text))
	select {
	case r.broken <- struct{}{}:
	default:
	}
}

// start begins to watch. reopen may be nil.
func (r *reviver) start(s *server.Server, reopen func() error) {
	var ctx context.Context
	ctx, r.stop = context.WithCancel(context.Background())
	r.server, r.reopen = s, reopen
	r.work.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-r.broken:
				r.revive(ctx)
			}
		}
	})
}

func (r *reviver) close() {
	if r.stop != nil {
		r.stop()
		r.work.Wait()
	}
}

// revive tries until it succeeds.
func (r *reviver) revive(ctx context.Context) {
	r.log.Error("stored data cannot be written: requests that change it are refused until there is room", "dir", r.dir, "error", context.Cause(r.life.Load().ctx))
	began := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(reviveEvery):
		}
		if r.probe() != nil {
			continue
		}
		select {
		case <-r.broken: // of the streams that are closed now
		default:
		}
		if err := r.open(); err != nil {
			r.log.Warn("the streams of stored data cannot be opened again", "error", err)
			continue
		}
		select {
		case <-r.broken: // a stream tells only once, and one has while it was opened
			continue
		default:
		}
		r.live()
		r.log.Warn("stored data can be written again", "after", time.Since(began).Round(time.Second))
		return
	}
}

// probe reports whether the disk takes something.
func (r *reviver) probe() error {
	name := filepath.Join(r.dir, ".probe")
	defer os.Remove(name)
	file, err := os.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(make([]byte, probeSize))
	return errors.Join(err, file.Sync(), file.Close())
}

// open closes the streams and opens them again. Connections stay.
func (r *reviver) open() error {
	if err := r.server.ShutdownJetStream(); err != nil {
		return err
	}
	if err := repair(r.dir, r.log); err != nil {
		return err
	}
	// As at the start: where all bounds are given, none of its options counts.
	if err := r.server.EnableJetStream(&server.JetStreamConfig{StoreDir: r.dir, MaxMemory: maxStreamMemory, MaxStore: maxStore, SyncAlways: true, Strict: true}); err != nil {
		return fmt.Errorf("open JetStream again: %w", err)
	}
	if r.reopen != nil {
		return r.reopen()
	}
	return nil
}
