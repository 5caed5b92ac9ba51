package sip

import (
	"context"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/trunk"
)

// TrunkRegistrationState is the state of our registration with a trunk.
type TrunkRegistrationState string

// The states of a registration.
const (
	Registering   TrunkRegistrationState = "registering" // there was no answer yet
	Registered    TrunkRegistrationState = "registered"
	NotRegistered TrunkRegistrationState = "failed" // the next attempt follows
)

// TrunkRegistration is what we know of our registration with a trunk.
type TrunkRegistration struct {
	State      TrunkRegistrationState // "" where the trunk wants none
	User       string                 // the account
	Answer     string                 // the last status, or why there was none
	Since      time.Time              // of the state
	Until      time.Time              // when what the trunk has granted ends; zero: nothing
	Next       time.Time              // the next attempt
	Associated []string               // the numbers that the trunk says are ours (P-Associated-URI, RFC 7315)
}

// registrationClients are our registrations with trunks.
type registrationClients struct {
	server *Server
	stopOf context.CancelFunc
	work   sync.WaitGroup

	mu      sync.Mutex
	byTrunk map[string]*registrationClient // by name
}

// reconcileEvery is how often the registrations follow the table of trunks.
const reconcileEvery = time.Second

// start registers with every trunk that wants it, from now on.
func (r *registrationClients) start(s *Server) {
	ctx, cancel := context.WithCancel(s.ctx)
	r.server, r.stopOf = s, cancel
	r.work.Go(func() {
		ticker := time.NewTicker(reconcileEvery)
		defer ticker.Stop()
		for {
			r.reconcile(ctx)
			select {
			case <-ticker.C:
			case <-ctx.Done():
				return
			}
		}
	})
}

// stop ends all registrations and returns when trunks have confirmed it, or have
// had their time.
func (r *registrationClients) stop() {
	if r.stopOf == nil { // never started
		return
	}
	r.stopOf()
	r.work.Wait()
}

// reconcile begins and ends registrations as the table says. A trunk with other
// settings than before begins anew.
func (r *registrationClients) reconcile(ctx context.Context) {
	wanted := make(map[string]*trunk.Trunk)
	for _, t := range r.server.trunks.Trunks() {
		if t.Register != nil {
			wanted[t.Name] = t
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for name, known := range r.byTrunk {
		if wanted[name] == nil {
			known.cancel()
			delete(r.byTrunk, name)
		}
	}
	for name, t := range wanted {
		before := r.byTrunk[name]
		if before != nil && isSameAccount(before.trunk, t) || ctx.Err() != nil {
			continue
		}
		left := make(chan struct{})
		if before == nil {
			close(left)
		} else { // what it takes back must not be what comes after
			before.cancel()
			left = before.done
		}
		if r.byTrunk == nil {
			r.byTrunk = make(map[string]*registrationClient)
		}
		ctx, cancel := context.WithCancel(ctx)
		known := newRegistrationClient(r, t, cancel)
		r.byTrunk[name] = known
		r.work.Go(func() {
			defer close(known.done)
			<-left
			known.run(ctx)
		})
	}
}

// isSameAccount reports whether two settings of a trunk make the same registration.
func isSameAccount(a, b *trunk.Trunk) bool {
	return a.Host == b.Host && a.Port == b.Port && a.Transport == b.Transport && a.Roots == b.Roots && a.Domain == b.Domain &&
		a.Username == b.Username && a.Password == b.Password && a.Shown.FromDomain == b.Shown.FromDomain && *a.Register == *b.Register
}

// TrunkRegistration tells of our registration with a trunk.
func (s *Server) TrunkRegistration(name string) TrunkRegistration {
	s.registering.mu.Lock()
	defer s.registering.mu.Unlock()
	if known := s.registering.byTrunk[name]; known != nil {
		return known.status
	}
	return TrunkRegistration{}
}

// isRefused reports whether a trunk has refused our registration: it would refuse
// our calls as well.
func (r *registrationClients) isRefused(t *trunk.Trunk) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	known := r.byTrunk[t.Name]
	return known != nil && known.status.State == NotRegistered && known.status.Until.Before(time.Now())
}

// serviceRoutes are those that a trunk has told with our registration (RFC 3608).
func (s *Server) serviceRoutes(t *trunk.Trunk) []sip.Uri {
	s.registering.mu.Lock()
	defer s.registering.mu.Unlock()
	known := s.registering.byTrunk[t.Name]
	if known == nil || known.status.State != Registered {
		return nil
	}
	return known.routes
}
