package sip

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/backoff"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/trunk"
)

// registrationClient registers us with one trunk (RFC 3261 §10.2), again before
// what was granted ends, and takes the registration back at its end:
//
//	registering → registered ⇄ failed
//
// Its goroutine owns what set.mu does not guard.
type registrationClient struct {
	set    *registrationClients
	trunk  *trunk.Trunk
	cancel context.CancelFunc
	done   chan struct{} // closed when the registration has been withdrawn

	status TrunkRegistration // guarded
	routes []sip.Uri         // guarded: the service route
	flow   netip.AddrPort    // guarded: the far end of the connection that we register over; zero: UDP, or none
	broken chan struct{}     // told when that connection has closed

	callID, tag string // the same for all attempts (RFC 3261 §10.2)
	seq         uint32
	expires     time.Duration // asked for; longer than configured after 423
	credentials *credentials
	place       netip.AddrPort // where we are registered; changed with set.mu held, which others need to read it
	contact     sip.Uri        // as what, in the last REGISTER
	failures    int            // in a row
	breaks      int            // of the connection, in a row, each soon after a REGISTER
}

func newRegistrationClient(r *registrationClients, t *trunk.Trunk, cancel context.CancelFunc) *registrationClient {
	callID := uuid.NewString()
	return &registrationClient{
		status: TrunkRegistration{State: Registering, User: t.Register.User, Since: time.Now()},
		trunk:  t, set: r, cancel: cancel, done: make(chan struct{}), broken: make(chan struct{}, 1),
		callID: callID, tag: r.server.tags.caller(callID), expires: t.Register.Expires,
		credentials: newCredentials(t),
	}
}

// maxGranted bounds for how long a registrar keeps us.
const maxGranted = 7 * 24 * time.Hour

// run registers, and again before what was granted ends, until ctx is done.
func (r *registrationClient) run(ctx context.Context) {
	for r.rest(ctx, r.attempt(ctx)) {
	}
	if r.place.IsValid() {
		r.withdraw()
	}
}

// attempt registers once, and returns how long to wait for the next time.
func (r *registrationClient) attempt(ctx context.Context) (wait time.Duration) {
	response, err := r.register(ctx)
	now := time.Now()
	var granted, after time.Duration
	switch {
	case err == nil && response.IsSuccess():
		granted = min(header.GrantedExpires(response, &r.contact, r.expires), maxGranted)
	case err == nil:
		err = fmt.Errorf("%d %s", response.StatusCode, response.Reason)
		after = header.RetryAfter(response)
	}
	s := r.set.server
	r.set.mu.Lock()
	defer r.set.mu.Unlock()
	before, status := r.status.State, &r.status
	if err == nil {
		r.failures, status.Until, status.Answer, status.State = 0, now.Add(granted), response.StartLine(), Registered
		r.routes, status.Associated = header.ServiceRoute(response), header.AssociatedURIs(response)
		wait = refreshAfter(granted)
	} else {
		r.failures++
		wait = max(registerBackoff(s.cfg.RegisterRetry).Delay(r.failures), after)
		status.Answer, status.State, r.place = unanswered(err), NotRegistered, r.keptPlace(now)
	}
	status.Next = now.Add(wait)
	if status.State != before && ctx.Err() == nil {
		status.Since = now
		s.log.Log(s.ctx, troubled(status.State == NotRegistered), "registration with a trunk changed", "trunk", r.trunk.Name, "state", status.State, "answer", status.Answer, "next", wait.Round(time.Second))
	}
	return wait
}

// keptPlace forgets where we are registered once what was granted has ended.
func (r *registrationClient) keptPlace(now time.Time) netip.AddrPort {
	if r.status.Until.Before(now) {
		return netip.AddrPort{}
	}
	return r.place
}

// registerBackoff is how long to wait after failures: between half of first and
// first at first, half an hour at most.
func registerBackoff(first time.Duration) backoff.Exponential {
	const longest = 30 * time.Minute
	return backoff.Exponential{First: first / 2, Longest: longest / 2, Jitter: 1}
}

// refreshAfter leaves time for two more attempts before a grant ends.
func refreshAfter(granted time.Duration) time.Duration {
	early := min(granted/4, time.Minute)
	return max(granted-early-rand.N(early/4+1), granted/2)
}

// withdraw ends the registration: calls must not be sent to a stopped server.
func (r *registrationClient) withdraw() {
	ctx, cancel := context.WithTimeout(r.set.server.ctx, r.set.server.cfg.withdrawTime)
	defer cancel()
	if _, err := r.negotiate(ctx, r.place, 0); err != nil {
		r.set.server.log.Warn("trunk did not confirm the end of our registration", "trunk", r.trunk.Name, "error", err)
	}
}
