package eventgrid

import "time"

// Event Grid, "Event subscription expiration": nobody needs to clean up a
// subscription whose expirationTimeUtc has come.

const (
	// longestNap bounds the wait for an expiry: the clock may be set meanwhile.
	longestNap = time.Hour
	// expiryRetry is when an expired subscription that could not be deleted is
	// tried again. It gets no events any more, whatever is stored.
	expiryRetry = time.Minute
)

// scheduleExpiry plans to look for expired subscriptions when the next one is. The
// caller holds admin.
func (g *Grid) scheduleExpiry(v *view) {
	if g.expiry != nil {
		g.expiry.Stop()
	}
	var next time.Time
	for _, e := range v.byKey {
		if at := e.Wanted.Expires; !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	if !next.IsZero() && g.life.Err() == nil {
		g.expiry = time.AfterFunc(min(max(next.Sub(g.cfg.Now()), 0), longestNap), g.endExpired)
	}
}

// endExpired deletes the subscriptions whose time is over, unless the clock of the machine was
// set forward within the last hour: an operator may set it right.
func (g *Grid) endExpired() {
	g.admin.Lock()
	defer g.admin.Unlock()
	if g.life.Err() != nil {
		return
	}
	if g.cfg.Doubts.Doubtful() {
		g.expiry.Stop()
		g.expiry = time.AfterFunc(longestNap, g.endExpired)
		return
	}
	now := g.cfg.Now()
	for _, e := range g.view.Load().byKey {
		if at := e.Wanted.Expires; at.IsZero() || now.Before(at) {
			continue
		}
		g.log.Info("event subscription has expired", "subscription", e.Name, "at", e.Wanted.Expires)
		if err := g.discard(e.Subscription); err != nil {
			g.log.Error("expired event subscription cannot be deleted yet", "subscription", e.Name, "error", err, "again", expiryRetry)
			g.expiry.Stop()
			g.expiry = time.AfterFunc(expiryRetry, g.endExpired)
			return
		}
	}
	g.scheduleExpiry(g.view.Load())
}
