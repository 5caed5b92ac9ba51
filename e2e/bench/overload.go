package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// overload measures what is left of the server's speed when it is offered more
// calls than it can take.
func (b *bench) overload(ctx context.Context) error {
	for _, times := range []float64{1, 2, 4} {
		err := b.stage(ctx, "", nil, func(s *server, _ *application) error { return b.offer(ctx, s, times) })
		if err != nil {
			return err
		}
	}
	return nil
}

// twice is what is left of the speed at twice the peak.
func (b *bench) twice(ctx context.Context) error {
	return b.stage(ctx, "", nil, func(s *server, _ *application) error { return b.offer(ctx, s, 2) })
}

// offer measures the peak and times as many calls in turn, then looks at the calm after it.
func (b *bench) offer(ctx context.Context, s *server, times float64) error {
	burst, err := b.warmUp(ctx, s)
	if err != nil {
		return err
	}
	before, err1 := s.memory()
	most := s.highest(ctx)
	peak, more, err2 := b.inTurn(ctx, s, int(burst.rate()), times)
	during := <-most()
	later, err3 := s.settled(ctx)
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	b.row(fmt.Sprintf("offered %v times the peak", times), fmt.Sprintf("%.0f %%", 100*more.rate()/peak.rate()),
		"of the peak's goodput, %d turns: %s of %s calls a second; %d came up, %d did not; %s", alternations, more.rates(), peak.rates(), more.succeeded, more.failed, more.others())
	b.row("", fmt.Sprintf("%.2f ms", more.cost()), "CPU of a call that came up, what was refused included; the server took %s. At the peak %.2f ms; it took %s; %s",
		more.used, peak.cost(), peak.used, peak.others())
	b.row("", more.setups.String(), "p50 / p99 / longest from INVITE to 200, by sipp's clock of 4 ms")
	b.row("", fmt.Sprintf("%.0f MB", megabytes(during)), "resident at most; %.0f MB before, %.0f MB %v after", megabytes(before), megabytes(later), quiet)
	return nil
}

// highest watches the resident set until its result is asked for.
func (s *server) highest(ctx context.Context) (end func() <-chan int) {
	stop, result := make(chan struct{}), make(chan int, 1)
	go func() {
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		most := 0
		for {
			if now, err := s.memory(); err == nil {
				most = max(most, now)
			}
			select {
			case <-tick.C:
			case <-stop:
				result <- most
				return
			case <-ctx.Done():
				result <- most
				return
			}
		}
	}()
	return func() <-chan int { close(stop); return result }
}

// readSetups reads sipp's file of response times: milliseconds in the second column.
func readSetups(dir string) (list times, err error) {
	names, err := filepath.Glob(filepath.Join(dir, "*_rtt.csv"))
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(text)) {
			fields := strings.Split(line, ";")
			if len(fields) < 2 {
				continue
			}
			if ms, err := strconv.ParseFloat(fields[1], 64); err == nil { // the first line has names
				list = append(list, time.Duration(ms*1e6))
			}
		}
	}
	return list, err
}
