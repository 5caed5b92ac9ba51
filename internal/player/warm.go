package player

import (
	"context"
	"time"

	"github.com/switchhook/switchhook/internal/speech"
)

// How many speech services are connected to at the same time before anybody speaks, and
// for how long that may take.
const (
	warmedAtOnce = 4
	warmWithin   = 5 * time.Second
)

// Warm lets the service connect that is going to speak for an application's endpoints, so
// that its first prompt does not wait for that. It returns at once; where enough is being
// connected to, it does nothing.
func (l *Library) Warm(of speech.Endpoints) {
	service, can := l.cfg.Speech.(interface {
		Warm(context.Context, speech.Endpoints)
		CanWarm(speech.Endpoints) bool
	})
	if !can || !service.CanWarm(of) { // of most calls, without a goroutine for that
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || l.warming == warmedAtOnce {
		return
	}
	l.warming++
	l.work.Go(func() {
		ctx, cancel := context.WithTimeout(l.ctx, warmWithin)
		defer cancel()
		service.Warm(ctx, of)
		l.mu.Lock()
		l.warming--
		l.mu.Unlock()
	})
}
