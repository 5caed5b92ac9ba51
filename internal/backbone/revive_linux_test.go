package backbone

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sys/unix"
)

// TestStreamsAreWrittenAgainOnceThereIsRoom: a write fails, as on a full disk. Afterwards
// what was stored is there, and more is stored, without a new start, also for clients of
// the listener. The limit is one of a process, so it is another one.
func TestStreamsAreWrittenAgainOnceThereIsRoom(t *testing.T) {
	for _, listens := range []string{"", "127.0.0.1:0"} {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
		child.Env = append(os.Environ(), "BACKBONE_TEST_FULL="+t.TempDir(), "BACKBONE_TEST_LISTEN="+listens)
		said, err := child.CombinedOutput()
		if err != nil || !strings.Contains(string(said), "all is well") {
			t.Errorf("with a listener at %q: %v: %s", listens, err, said)
		}
	}
}

// fillDisk is the other process: its files may not grow for a while.
func fillDisk(dir, listens string) error {
	signal.Ignore(unix.SIGXFSZ)
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cfg := Config{Dir: dir}
	if listens != "" {
		cfg.Listener = &Listener{Address: listens, Admit: func(string) bool { return false }}
	}
	b, err := Open(ctx, cfg, slog.New(slog.NewTextHandler(os.Stdout, nil)))
	if err != nil {
		return err
	}
	defer b.Close()
	bucket, err := b.Bucket(ctx, "things", 0)
	if err != nil {
		return err
	}
	if _, err := bucket.Put(ctx, "before", []byte("1")); err != nil {
		return err
	}
	if err := withoutRoom(func() error { return failsToStore(ctx, b, bucket) }); err != nil {
		return err
	}
	for b.Healthy() != nil && ctx.Err() == nil {
		time.Sleep(10 * time.Millisecond)
	}
	if _, err := bucket.Put(ctx, "after", []byte("1")); err != nil {
		return fmt.Errorf("after there was room again: %w", err)
	}
	for _, key := range []string{"before", "after"} {
		if _, err := bucket.Get(ctx, key); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	if events := b.Events(); events != nil {
		if _, err := events.AccountInfo(ctx); err != nil {
			return fmt.Errorf("the account of clients: %w", err)
		}
	}
	fmt.Println("all is well")
	return nil
}

// withoutRoom does something while no file of the process may grow.
func withoutRoom(do func() error) error {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	full := limit
	full.Cur = 1
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &full); err != nil {
		return err
	}
	return errors.Join(do(), unix.Setrlimit(unix.RLIMIT_FSIZE, &limit))
}

// failsToStore asks that the backbone says that nothing can be written, and goes on saying so.
func failsToStore(ctx context.Context, b *Backbone, bucket jetstream.KeyValue) error {
	storing := b.Storing()
	go bucket.Put(ctx, "meanwhile", []byte("1")) // the server never answers
	select {
	case <-storing.Done():
	case <-ctx.Done():
		return fmt.Errorf("nobody was told that a write failed")
	}
	if b.Healthy() == nil {
		return fmt.Errorf("the backbone is healthy while nothing can be written")
	}
	time.Sleep(2 * reviveEvery) // it tries in vain
	if b.Healthy() == nil {
		return fmt.Errorf("the backbone is healthy while still nothing can be written")
	}
	return nil
}

func init() { playFullDisk = fillDisk }
