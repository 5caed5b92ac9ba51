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

// offer finds the peak first, for as long as the load lasts, at a number of calls at once that keeps the server
// busy without a queue, then offers times as many, then looks at the calm after it.
func (b *bench) offer(ctx context.Context, s *server, times float64) error {
	if _, err := runSipp(ctx, s, ourNumber, "-m", "500", "-l", "20", "-r", "1000", "-d", "0"); err != nil {
		return err
	}
	burst, err := runSipp(ctx, s, ourNumber, "-m", fmt.Sprint(b.calls), "-l", fmt.Sprint(b.at), "-r", "10000", "-d", "0")
	if err != nil {
		return err
	}
	used := s.watchCore()
	peak, err0 := runSipp(ctx, s, ourNumber, "-m", fmt.Sprint(int(burst.rate()*b.measured.Seconds())), "-l", fmt.Sprint(b.at), "-r", "10000", "-d", "0")
	first, err1 := used()
	if err := errors.Join(err0, err1); err != nil {
		return err
	}
	offered := times * peak.rate()
	before, err1 := s.memory()
	used = s.watchCore()
	most := s.highest(ctx)
	load, err3 := runSipp(ctx, s, ourNumber, "-m", fmt.Sprint(int(offered*b.measured.Seconds())), "-l", "30000", "-r", fmt.Sprint(int(offered)),
		"-d", "0", "-trace_rtt", "-rtt_freq", "1", "-recv_timeout", "20000")
	then, err2 := used()
	during := <-most()
	later, err4 := s.settled(ctx)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return err
	}
	b.row(fmt.Sprintf("offered %v times the peak", times), fmt.Sprintf("%.0f %%", 100*load.rate()/peak.rate()),
		"of the peak's goodput: %.0f of %.0f calls a second; %d came up, %d did not, in %v; %s",
		load.rate(), peak.rate(), load.succeeded, load.failed, load.took.Round(time.Millisecond), load.others())
	b.row("", fmt.Sprintf("%.2f ms", 1e3*then.server.Seconds()/float64(load.succeeded)), "CPU of a call that came up, what was refused included; the server took %s. At the peak %.2f ms; it took %s",
		then, 1e3*first.server.Seconds()/float64(peak.succeeded), first)
	b.row("", load.setups.String(), "p50 / p99 / longest from INVITE to 200, by sipp's clock of 4 ms")
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
