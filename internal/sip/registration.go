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

	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/trunk"
)

// registration is one trunk's. Its goroutine owns what all.mu does not guard.
type registration struct {
	Registration           // guarded
	routes       []sip.Uri // guarded: the service route
	trunk        *trunk.Trunk
	all          *registrations
	cancel       context.CancelFunc
	done         chan struct{} // closed when the trunk has heard that we leave

	callID, tag string // the same for all attempts (RFC 3261 §10.2)
	seq         uint32
	expires     time.Duration // asked for; longer than configured after 423
	credentials *credentials
	place       netip.AddrPort // where we are registered
	failures    int
}

func newRegistration(r *registrations, t *trunk.Trunk, cancel context.CancelFunc) *registration {
	callID := uuid.NewString()
	return &registration{
		Registration: Registration{State: Registering, User: t.Register.User, Since: time.Now()},
		trunk:        t, all: r, cancel: cancel, done: make(chan struct{}),
		callID: callID, tag: r.server.tags.caller(callID), expires: t.Register.Expires,
	}
}

// maxGranted bounds for how long a registrar keeps us.
const maxGranted = 7 * 24 * time.Hour

// run registers, and again before what was granted ends, until ctx is done.
func (r *registration) run(ctx context.Context) {
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
		r.leave()
	}
}

// attempt registers once, and returns how long to wait for the next time.
func (r *registration) attempt(ctx context.Context) (wait time.Duration) {
	response, err := r.ask(ctx)
	now := time.Now()
	var granted, after time.Duration
	switch {
	case err == nil && response.IsSuccess():
		granted = min(header.GrantedExpires(response, r.expires), maxGranted)
	case err == nil:
		err = fmt.Errorf("%d %s", response.StatusCode, response.Reason)
		after = header.RetryAfter(response)
	}
	s := r.all.server
	r.all.mu.Lock()
	defer r.all.mu.Unlock()
	before := r.State
	if err == nil {
		r.failures, r.Until, r.Answer, r.State = 0, now.Add(granted), response.StartLine(), Registered
		r.routes, r.Associated = header.ServiceRoute(response), header.AssociatedURIs(response)
		wait = refreshIn(granted)
	} else {
		wait = max(r.backOff(s.cfg.RegisterRetry), after)
		r.Answer, r.State, r.place = err.Error(), NotRegistered, r.placeUnless(now)
	}
	r.Next = now.Add(wait)
	if r.State != before && ctx.Err() == nil {
		r.Since = now
		s.log.Info("registration changed", "trunk", r.trunk.Name, "state", r.State, "answer", r.Answer, "next", wait.Round(time.Second))
	}
	return wait
}

// placeUnless forgets where we are registered once what was granted has ended.
func (r *registration) placeUnless(now time.Time) netip.AddrPort {
	if r.Until.Before(now) {
		return netip.AddrPort{}
	}
	return r.place
}

// backOff doubles from one failure to the next, up to half an hour, and is never
// the same for many servers.
func (r *registration) backOff(first time.Duration) time.Duration {
	const longest = 30 * time.Minute
	r.failures++
	wait := min(first<<min(r.failures-1, 16), longest)
	return wait/2 + rand.N(wait/2+1)
}

// refreshIn leaves time for two more attempts before a grant ends.
func refreshIn(granted time.Duration) time.Duration {
	early := min(granted/4, time.Minute)
	return max(granted-early-rand.N(early/4+1), granted/2)
}

// ask sends REGISTER to the trunk's places until one answers, with credentials
// and with another time where it asks for them.
func (r *registration) ask(ctx context.Context) (*sip.Response, error) {
	s := r.all.server
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
func (r *registration) negotiate(ctx context.Context, place netip.AddrPort, expires time.Duration) (*sip.Response, error) {
	s := r.all.server
	if err := s.connect(ctx, r.trunk, place); err != nil {
		return nil, err
	}
	const most = 4
	answered := false
	for tries := 1; ; tries++ {
		response, err := s.carry(ctx, r.request(place, expires))
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
func (r *registration) request(place netip.AddrPort, expires time.Duration) *sip.Request {
	s, transport := r.all.server, transportOf(r.trunk)
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

// leave takes the registration back: calls must not go where nobody is.
func (r *registration) leave() {
	ctx, cancel := context.WithTimeout(r.all.server.ctx, stopPatience)
	defer cancel()
	if _, err := r.negotiate(ctx, r.place, 0); err != nil {
		r.all.server.log.Warn("a trunk did not hear that we leave", "trunk", r.trunk.Name, "error", err)
	}
}
