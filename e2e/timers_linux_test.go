package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTimersAreCoarse: every thread of a server lets its timers be late by a
// millisecond, the runtime's own included, but that which mixes sound; what serves is the
// process that was started.
func TestTimersAreCoarse(t *testing.T) {
	server := start(t, setup{})
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", server.process.Process.Pid))
	must(t, err)
	if len(threads) < 3 {
		t.Fatalf("the server has %d threads", len(threads))
	}
	exact := 0
	for _, thread := range threads {
		slack, err := os.ReadFile(filepath.Join("/proc", filepath.Base(thread), "timerslack_ns"))
		if os.IsPermission(err) {
			t.Skip("this user may not see the slack of another process:", err)
		}
		if text := strings.TrimSpace(string(slack)); err == nil && text != "1000000" {
			exact++
		}
	}
	if exact != 1 {
		t.Errorf("%d of %d threads have exact timers, want that of the first shard", exact, len(threads))
	}
	if command, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", server.process.Process.Pid)); err != nil || !strings.Contains(string(command), "serve\x00--data") {
		t.Errorf("it runs as %q, %v", command, err)
	}
}
