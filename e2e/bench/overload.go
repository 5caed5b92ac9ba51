package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// overload measures what is left of the server's speed when it is offered times
// as many calls as it can take: first the peak, at a number of calls at once
// that keeps it busy without a queue, then the offer, then the calm after it.
func overload(times float64) func(context.Context, options, *tabwriter.Writer) error {
	return func(ctx context.Context, o options, table *tabwriter.Writer) (err error) {
		s, _, end, err := stage(ctx, o, nil)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, end()) }()
		if _, err := runSipp(ctx, s, "-m", "500", "-l", "20", "-r", "1000", "-d", "0"); err != nil {
			return err
		}
		peak, err := runSipp(ctx, s, "-m", fmt.Sprint(o.calls), "-l", fmt.Sprint(o.at), "-r", "10000", "-d", "0")
		if err != nil {
			return err
		}
		atPeak := float64(peak.succeeded) / peak.took.Seconds()
		offered := times * atPeak
		before, err1 := s.memory()
		used, err2 := s.cpu()
		most := s.highest(ctx)
		load, err3 := runSipp(ctx, s, "-m", fmt.Sprint(int(offered*o.measured.Seconds())), "-l", "30000", "-r", fmt.Sprint(int(offered)),
			"-d", "0", "-trace_rtt", "-rtt_freq", "1", "-recv_timeout", "20000")
		during := <-most()
		after, err4 := s.cpu()
		_, later, err5 := s.over(ctx, 40*time.Second) // sipgo keeps what was answered over UDP for 32 s
		if err := errors.Join(err1, err2, err3, err4, err5); err != nil {
			return err
		}
		goodput := float64(load.succeeded) / load.took.Seconds()
		name := fmt.Sprintf("offered %v times the peak", times)
		row(table, name, fmt.Sprintf("%.0f %%", 100*goodput/atPeak), "of the peak's goodput: %.0f of %.0f calls a second; %d came up, %d did not, in %v; %.0f %% of a core",
			goodput, atPeak, load.succeeded, load.failed, load.took.Round(time.Millisecond), 100*(after-used).Seconds()/load.took.Seconds())
		row(table, "", fmt.Sprintf("%.0f ms", 1e3*load.percentile(0.99).Seconds()), "p99 from INVITE to 200; p50 %.0f ms", 1e3*load.percentile(0.5).Seconds())
		row(table, "", fmt.Sprintf("%.0f MB", float64(during)/1e6), "resident at most; %.0f MB before, %.0f MB 40 s after", float64(before)/1e6, float64(later)/1e6)
		return nil
	}
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
func readSetups(dir string) (list []time.Duration, err error) {
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
	slices.Sort(list)
	return list, err
}

// percentile is the set-up time that a share of the calls did not exceed.
func (l load) percentile(share float64) time.Duration {
	if len(l.setups) == 0 {
		return 0
	}
	return l.setups[int(share*float64(len(l.setups)-1))]
}
