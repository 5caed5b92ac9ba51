package main

import (
	"context"
	"errors"
	"fmt"
)

// cost measures what a call costs at given rates, without and with an application: the
// fixed cost of each wake-up, write and sync counts most at low rates, that of the work
// at high ones. The set-up runs measure the same at the knee.
func (b *bench) cost(ctx context.Context) error {
	for _, what := range []string{"without an application", "with an application"} {
		for _, rate := range b.costs {
			run := func(s *server, number string) error { return b.costAt(ctx, s, number, rate, what) }
			var err error
			if what == "with an application" {
				err = b.stage(ctx, "", nil, func(s *server, _ *application) error { return run(s, ourNumber) })
			} else {
				err = b.echo(ctx, func(s *server) error { return run(s, echoNumber) })
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// echo starts a server whose echo number answers without an application.
func (b *bench) echo(ctx context.Context, run func(*server) error) error {
	s, err := startServer(ctx, b.binary, b.insides()+echoes)
	if err != nil {
		return err
	}
	defer s.close()
	return run(s)
}

func (b *bench) costAt(ctx context.Context, s *server, number string, rate int, what string) error {
	if err := b.warm(ctx, s, number); err != nil {
		return err
	}
	earlier, err0 := s.metrics()
	before, err1 := s.cpu()
	profiled := b.keepDuring(ctx, fmt.Sprintf("cost-%s-%d.cpu", number, rate), fmt.Sprintf("profile?seconds=%.0f", b.each.Seconds()))
	calls, err2 := callAt(ctx, s.addresses.SIP, number, rate, b.each)
	after, err3 := s.cpu()
	later, err4 := s.metrics()
	if err := errors.Join(err0, err1, err2, err3, err4, profiled()); err != nil {
		return err
	}
	each := func(metric string) float64 { return (later[metric] - earlier[metric]) / float64(len(calls.answered)) }
	b.row(fmt.Sprintf("CPU of a call at %d calls/s, %s", rate, what),
		fmt.Sprintf("%.2f ms", 1e3*(after-before).Seconds()/float64(len(calls.answered))),
		"INVITE to 200 in %s (p50 / p99 / longest); %d calls, %d refused; %.1f records of the journal, %.1f writes, %.1f syncs, %.0f allocations of %.0f kB each; sound is late by %s", calls.answered, len(calls.answered)+calls.failed, calls.failed,
		each("switchhook_delivery_journal_records_total"), each("switchhook_delivery_journal_write_seconds_count"), each("switchhook_delivery_journal_sync_seconds_count"),
		each("go_memstats_mallocs_total"), each("go_memstats_alloc_bytes_total")/1e3, lateness(earlier).describe(later))
	return nil
}
