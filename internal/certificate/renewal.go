package certificate

import (
	"context"
	"time"
)

const (
	// checkInterval is how often it is looked whether the certificates are valid: the clock of the
	// machine may be set right after the start.
	checkInterval = time.Minute
	// retryInterval is the time between two attempts of a renewal that fails. A third of the
	// certificate's life is left for that.
	retryInterval = time.Hour
)

// Run renews the certificates when that is due, until the context ends.
func (p *Private) Run(ctx context.Context) {
	tick := time.NewTicker(p.every)
	defer tick.Stop()
	var again time.Time // after a failure, which may be that of the public copy alone; zero after none
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if time.Now().Before(again) || again.IsZero() && p.current.Load().serves(p.clock()) {
			continue
		}
		again = time.Time{}
		if err := p.refresh(); err != nil {
			p.log.Error("certificate cannot be renewed", "error", err, "again_in", retryInterval)
			again = time.Now().Add(retryInterval)
		}
	}
}
