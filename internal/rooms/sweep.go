package rooms

import (
	"context"
	"log/slog"
	"time"

	"github.com/switchhook/switchhook/internal/clockjump"
	"github.com/switchhook/switchhook/internal/fault"
)

// Expired rooms cannot be seen, joined or changed any more. They are kept for a while, for
// calls that go on in them.
const (
	sweepEvery = 6 * time.Hour
	expiredFor = 48 * time.Hour // longer than the longest call
)

// Run removes rooms that have expired long ago, until ctx is done. If the clock of the machine
// was set forward lately, it leaves that to the next time: an operator may set it right.
func (a *API) Run(ctx context.Context, log *slog.Logger) {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	doubts := a.cfg.Doubts
	if doubts == nil {
		doubts = clockjump.New(a.now, log)
	}
	for {
		if doubts.Doubtful() {
			log.Warn("expired rooms are removed later, since the clock of the machine is in doubt", "again", sweepEvery)
		} else if removed, err := a.sweep(ctx); err != nil && ctx.Err() == nil {
			log.Error("expired rooms could not be removed", "error", err)
		} else if removed > 0 {
			log.Info("expired rooms were removed", "rooms", removed)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

func (a *API) sweep(ctx context.Context) (removed int, err error) {
	before := a.now().Add(-expiredFor)
	for token := ""; ; {
		items, next, err := a.rooms.List(ctx, token, mostRooms)
		if err != nil {
			return removed, err
		}
		for _, item := range items {
			if !item.Value.Until.Before(before) {
				continue
			}
			if err := a.rooms.Delete(ctx, item.ID); err != nil && !fault.Is(err, fault.KindNotFound) {
				return removed, err
			}
			a.order.remove(entry{item.Value.Created, item.ID})
			removed++
		}
		if token = next; next == "" {
			return removed, nil
		}
		if err := ctx.Err(); err != nil {
			return removed, err
		}
	}
}
