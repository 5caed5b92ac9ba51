package sip

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strconv"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/google/uuid"
	"github.com/icholy/digest"

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
	done   chan struct{} // closed when the trunk has heard that we leave

	status TrunkRegistration // guarded
	routes []sip.Uri         // guarded: the service route

	callID, tag string // the same for all attempts (RFC 3261 §10.2)
	seq         uint32
	expires     time.Duration // asked for; longer than configured after 423
	credentials *credentials
	place       netip.AddrPort // where we are registered
	failures    int            // in a row
}

func newRegistrationClient(r *registrationClients, t *trunk.Trunk, cancel context.CancelFunc) *registrationClient {
	callID := uuid.NewString()
	return &registrationClient{
		status: TrunkRegistration{State: Registering, User: t.Register.User, Since: time.Now()},
		trunk:  t, set: r, cancel: cancel, done: make(chan struct{}),
		callID: callID, tag: r.server.tags.caller(callID), expires: t.Register.Expires,
	}
}

// maxGranted bounds for how long a registrar keeps us.
const maxGranted = 7 * 24 * time.Hour

// run registers, and again before what was granted ends, until ctx is done.
func (r *registrationClient) run(ctx context.Context) {
	for {
		wait := r.attempt(ctx)
		select {
		case <-time.After(wait):
			continue
		case <-ctx.Done():
		}
		break
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
		granted = min(header.GrantedExpires(response, r.expires), maxGranted)
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
		status.Answer, status.State, r.place = err.Error(), NotRegistered, r.keptPlace(now)
	}
	status.Next = now.Add(wait)
	if status.State != before && ctx.Err() == nil {
		status.Since = now
		s.log.Info("registration with a trunk changed", "trunk", r.trunk.Name, "state", status.State, "answer", status.Answer, "next", wait.Round(time.Second))
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

// register sends REGISTER to the trunk's places until one answers, with credentials
// and with another time where it asks for them.
func (r *registrationClient) register(ctx context.Context) (*sip.Response, error) {
	s := r.set.server
	ctx, cancel := context.WithTimeout(ctx, 64*sip.T1)
	defer cancel()
	places, err := s.locator.find(ctx, r.trunk)
	if err == nil && len(places) == 0 {
		err = fmt.Errorf("%s has no address", r.trunk.Host)
	}
	for _, place := range places {
		var response *sip.Response
		if response, err = r.negotiate(ctx, place, r.expires); err == nil {
			if !failsOver(response.StatusCode) {
				r.place = place
				return response, nil
			}
			err = fmt.Errorf("%d %s", response.StatusCode, response.Reason)
		}
	}
	return nil, err
}

// negotiate carries a REGISTER to its final response: 401 and 407 are answered,
// once and once more for a stale nonce, and 423 by its Min-Expires.
func (r *registrationClient) negotiate(ctx context.Context, place netip.AddrPort, expires time.Duration) (*sip.Response, error) {
	s := r.set.server
	if err := s.connect(ctx, r.trunk, place); err != nil {
		return nil, err
	}
	const most = 4
	answered := false
	for tries := 1; ; tries++ {
		response, err := s.roundTrip(ctx, r.request(place, expires))
		if err != nil || tries == most {
			return response, err
		}
		switch {
		case challenges(response) && r.trunk.Username != "":
			found := challengeOf(response)
			if found == nil || answered && !found.challenge.Stale {
				return response, nil
			}
			r.credentials, answered = found, true
		case response.StatusCode == sip.StatusIntervalToBrief && expires > 0:
			least := header.MinExpires(response)
			if least <= expires || least > maxGranted {
				return response, nil
			}
			expires, r.expires = least, least
		default:
			return response, nil
		}
	}
}

// request builds a REGISTER; no time takes the registration back.
func (r *registrationClient) request(place netip.AddrPort, expires time.Duration) *sip.Request {
	s, transport := r.set.server, transportOf(r.trunk)
	domain := r.trunk.Realm()
	account := party{uri: sip.Uri{Scheme: "sip", User: r.trunk.Register.User, Host: domain}}
	if r.trunk.Shown.FromDomain != "" {
		account.uri.Host = r.trunk.Shown.FromDomain
	}
	d := dialog{
		callID: r.callID, localTag: r.tag, local: account, remote: account, target: sip.Uri{Scheme: "sip", Host: domain},
		transport: transport, source: place, contact: s.contact(r.trunk.Register.User, transport, place.Addr()),
	}
	r.seq++
	request := d.request(sip.REGISTER, r.seq, s.via(transport, place.Addr()))
	request.AppendHeader(&sip.ContactHeader{Address: *d.contact.Clone()})
	request.AppendHeader(sip.NewHeader("Expires", strconv.Itoa(int(expires.Seconds()))))
	request.AppendHeader(sip.NewHeader("Allow", trunkTerms(r.trunk).allow()))
	request.AppendHeader(sip.NewHeader("User-Agent", s.cfg.UserAgent))
	request.SetBody(nil)
	request.SetDestination(place.String())
	if transport == "UDP" {
		s.fromListener(request)
	}
	if c := r.credentials; c != nil {
		c.count++
		answer, err := digest.Digest(c.challenge, digest.Options{
			Method: string(request.Method), URI: request.Recipient.String(), Count: c.count,
			Username: r.trunk.Username, Password: string(r.trunk.Password),
		})
		if err == nil { // else the challenge comes again, and is told
			request.AppendHeader(sip.NewHeader(c.header, answer.String()))
		}
	}
	return request
}

// withdraw takes the registration back: calls must not go where nobody is.
func (r *registrationClient) withdraw() {
	ctx, cancel := context.WithTimeout(r.set.server.ctx, withdrawTime)
	defer cancel()
	if _, err := r.negotiate(ctx, r.place, 0); err != nil {
		r.set.server.log.Warn("trunk did not confirm the end of our registration", "trunk", r.trunk.Name, "error", err)
	}
}
