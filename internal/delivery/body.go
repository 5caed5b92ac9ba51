package delivery

import (
	"context"
	"errors"
	"time"

	"github.com/switchhook/switchhook/internal/delivery/journal"
)

// loadBodies reads from the journal what left memory. Neighbours in a batch
// often share a page, which is then read once.
func (e *Engine) loadBodies(ctx context.Context, a *attempt) error {
	var page uint64
	var contents map[uint64]journal.Content
	for i := range a.parts {
		s := &a.parts[i]
		if s.page == 0 {
			continue
		}
		if s.page != page {
			var err error
			if contents, err = e.journal.Contents(ctx, s.page); err != nil {
				s.lost = errors.Is(err, journal.ErrNotKept)
				return err
			}
			page = s.page
		}
		content, found := contents[s.seq]
		if !found {
			s.lost = true
			return journal.ErrNotKept
		}
		if err := a.msgs[i].decode(content.Encoded, content.Format); err != nil {
			return err
		}
	}
	return nil
}

// longBackoff is the delay from which a message leaves its body to the journal.
const longBackoff = 20 * time.Second

// holdBody counts the body of a message that the journal has.
func (e *Engine) holdBody(j *job) {
	j.held = int32(len(j.msg.Body))
	e.bodies += int64(j.held)
}

// dropBody lets the body of a message that waits leave memory, if it backs off for long, or
// if there are too many bodies: an endpoint that is slow to take large events would fill the
// memory. It is read from the journal when it is sent.
func (e *Engine) dropBody(j *job, delay time.Duration) {
	if len(j.msg.Body) > 0 && (delay > longBackoff || e.bodies > int64(e.cfg.MaxBodies)) {
		j.msg.Body, j.msg.Header, j.Away = nil, nil, true
		e.forgetBody(j)
	}
}

// forgetBody counts the body of a message no longer.
func (e *Engine) forgetBody(j *job) {
	e.bodies -= int64(j.held)
	j.held = 0
}
