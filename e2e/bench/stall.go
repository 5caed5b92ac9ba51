package main

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// standstill is how long the stall run stops the server: as a machine does that
// swaps, or a disk that does not answer a sync.
const standstill = time.Second

// stall measures what callers notice of a server that stands still once, at a
// rate of calls that it can take.
func (b *bench) stall(ctx context.Context) error {
	const rate = 500
	return b.stage(ctx, "", nil, func(s *server, a *application) error {
		if err := b.warm(ctx, s, ourNumber); err != nil {
			return err
		}
		stopped := make(chan error, 1)
		go func() { stopped <- s.standStill(ctx, b.each/3, standstill) }()
		calls, err := callAt(ctx, s.addresses.SIP, ourNumber, rate, b.each)
		if stopErr := <-stopped; err == nil {
			err = stopErr
		}
		if err != nil {
			return err
		}
		b.row(fmt.Sprintf("refused at %d calls/s with a stall of %v", rate, standstill), fmt.Sprint(calls.failed),
			"of %d calls; INVITE to 200 %v p50 / p99 / longest, the stall included", len(calls.answered)+calls.failed, calls.answered)
		return nil
	})
}

// standStill stops the server's process for a while, after a while.
func (s *server) standStill(ctx context.Context, after, length time.Duration) error {
	if err := pause(ctx, after); err != nil {
		return err
	}
	goOn, err := stop(s.process.Process)
	if err != nil {
		return err
	}
	return errors.Join(pause(ctx, length), goOn())
}
