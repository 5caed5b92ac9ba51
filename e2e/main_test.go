package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// binary is the product: built once for all tests, or the one that
// SWITCHHOOK_BINARY names.
var binary = os.Getenv("SWITCHHOOK_BINARY")

func TestMain(m *testing.M) {
	code, err := buildAndRun(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// atEnd is what remains to be done when all tests have run.
var atEnd []func()

func buildAndRun(m *testing.M) (int, error) {
	defer func() {
		for _, do := range atEnd {
			do()
		}
	}()
	if _, err := os.Stat("node_modules"); err != nil {
		return 1, fmt.Errorf("the official SDKs are not installed: run `npm ci` in e2e, or `make test-e2e`")
	}
	if binary != "" {
		return m.Run(), nil
	}
	dir, err := os.MkdirTemp("", "switchhook-e2e-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "switchhook")
	build := exec.Command("go", "build", "-o", binary, "../cmd/switchhook")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return 1, fmt.Errorf("build the product: %w\n%s", err, out)
	}
	return m.Run(), nil
}

// patience is how long whatever has to come may take at least: a limit ends what hangs, and
// says nothing about the speed of a machine.
const patience = 90 * time.Second

// within returns a context that bounds one wait of a test for what has to come. A limit
// below patience is none of the test's business.
func within(t testing.TB, limit time.Duration) context.Context {
	t.Helper()
	return briefly(t, max(limit, patience))
}

// briefly bounds a wait for what is not to come.
func briefly(t testing.TB, limit time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeoutCause(t.Context(), limit, fmt.Errorf("not within %s", limit))
	t.Cleanup(cancel)
	return ctx
}

// eventually waits until a condition holds that nothing announces, such as a
// file or a counter of another process.
func eventually(t testing.TB, limit time.Duration, what string, holds func() bool) {
	t.Helper()
	ctx := within(t, limit)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%s: %v", what, context.Cause(ctx))
		}
	}
}
