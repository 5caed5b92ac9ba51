package memory

import (
	"bytes"
	"context"
	"log/slog"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestMemoryIsShortNearItsLimit(t *testing.T) {
	var log bytes.Buffer
	out := slog.New(slog.NewTextHandler(&log, nil))
	r := &Room{limit: 200 << 20}
	now := time.Now()
	for _, step := range []struct {
		name  string
		used  uint64 // MB
		short bool
	}{
		{"a start", 40, false}, {"much is in use", 169, false}, {"near the limit", 171, true},
		{"a little less", 165, true}, {"beyond it", 230, true}, {"there is room", 159, false}, {"more again", 169, false}, {"near again", 180, true},
	} {
		now = now.Add(roomEvery)
		r.note(now, step.used<<20, out)
		if used, limit, short := r.Short(); short != step.short || used != step.used<<20 || limit != 200<<20 {
			t.Errorf("%s: %d of %d, short is %t", step.name, used, limit, short)
		}
	}
	for _, line := range []string{"nearly used up", "memory again"} {
		if lines := strings.Count(log.String(), line); lines != 1 {
			t.Errorf("the log is told %q %d times within a minute:\n%s", line, lines, &log)
		}
	}
}

// TestMemoryWithoutALimitIsNeverShort, and what is kept has its own bound.
func TestMemoryWithoutALimitIsNeverShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &Room{}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go r.Watch(ctx, slog.New(slog.DiscardHandler))
		time.Sleep(time.Minute)
		if _, _, short := r.Short(); short || r.Share(128<<20) != 128<<20 {
			t.Errorf("short is %t, a share of 128 MiB is %d", short, r.Share(128<<20))
		}
	})
}

func TestLimitBoundsWhatIsKept(t *testing.T) {
	before := debug.SetMemoryLimit(1000 << 20)
	defer debug.SetMemoryLimit(before)
	t.Setenv("GOMEMLIMIT", "1000MiB") // the control group of the machine has no say
	var r Room
	r.Apply(slog.New(slog.DiscardHandler))
	if got := []int64{r.Share(128 << 20), r.Share(256 << 20)}; got[0] != 128<<20 || got[1] != 200<<20 {
		t.Errorf("shares of 1000 MiB are %d", got)
	}
}

// TestWhatLivesIsInUse counts what a collection leaves, and not what it frees.
func TestWhatLivesIsInUse(t *testing.T) {
	const size = 64 << 20
	runtime.GC()
	before := readInUse()
	kept := bytes.Repeat([]byte{1}, size)
	runtime.GC()
	with := readInUse()
	runtime.KeepAlive(kept)
	kept = nil
	runtime.GC()
	after := readInUse()
	if with < before+size*9/10 || after > with-size*9/10 {
		t.Errorf("%d bytes in use before, %d with %d more, %d after", before, with, size, after)
	}
}

// TestMemoryIsAmpleSoonAfterItsUse: a server that begins nothing makes no garbage, for which Go would collect.
func TestMemoryIsAmpleSoonAfterItsUse(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	calls := bytes.Repeat([]byte{1}, 64<<20)
	runtime.GC()
	synctest.Test(t, func(t *testing.T) {
		r := &Room{limit: readInUse() / 90 * 100}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go r.Watch(ctx, slog.New(slog.DiscardHandler))
		time.Sleep(time.Second)
		if _, _, short := r.Short(); !short {
			t.Error("memory is not short")
		}
		runtime.KeepAlive(calls)
		calls = nil
		time.Sleep(2 * collectEvery)
		if used, limit, short := r.Short(); short {
			t.Errorf("%d of %d bytes are in use when the calls have ended", used, limit)
		}
	})
}
