package server

import (
	"runtime/debug"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/rest"
)

// TestServerWithoutMemoryBeginsNothing: calls and requests that change something are refused, and a load
// balancer hears of it, before the kernel ends the process with all calls.
func TestServerWithoutMemoryBeginsNothing(t *testing.T) {
	t.Setenv("GOMEMLIMIT", "1MiB") // the control group of the machine has no say
	before := debug.SetMemoryLimit(1 << 20)
	defer debug.SetMemoryLimit(before)
	p := serving(t, config.Flags{})
	debug.SetMemoryLimit(before)
	until(t, "memory is short", func() bool { _, _, short := p.memory.Short(); return short })
	for what, err := range map[string]error{"a request": p.admits(rest.Makes), "a call": p.calls.Ready(), "a load balancer": p.ready()} {
		if !fault.Is(err, fault.KindBusy) {
			t.Errorf("%s is told %v", what, err)
		}
	}
	if err := p.admits(rest.Takes); err != nil {
		t.Errorf("a request that makes room is told %v", err)
	}
	if why := p.overview(t.Context()).NotReady; !strings.Contains(why, "no memory for more") {
		t.Errorf("the doctor says %q", why)
	}
}
