package sip

import (
	"context"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/trunk"
)

// RegistrationState is whether a trunk knows where we are.
type RegistrationState string

// The states of a registration.
const (
	Registering   RegistrationState = "registering" // there was no answer yet
	Registered    RegistrationState = "registered"
	NotRegistered RegistrationState = "failed" // the next attempt follows
)

// Registration is what we know of our registration with a trunk.
type Registration struct {
	State      RegistrationState // "" where the trunk wants none
	User       string            // the account
	Answer     string            // the last status, or why there was none
	Since      time.Time         // of the state
	Until      time.Time         // when what the trunk has granted ends; zero: nothing
	Next       time.Time         // the next attempt
	Associated []string          // the numbers that the trunk says are ours (P-Associated-URI, RFC 7315)
}

// registrations are our registrations with trunks.
type registrations struct {
	server *Server
	stopOf context.CancelFunc
	work   sync.WaitGroup

	mu sync.Mutex
	of map[string]*registration // by the trunk's name
}

// lookOver is how often the table is looked over for trunks that have come or gone.
const lookOver = time.Second

// stopPatience is how long we wait for trunks to hear that we leave.
const stopPatience = 2 * time.Second

// start registers with every trunk that wants it, from now on.
func (r *registrations) start(s *Server) {
	ctx, cancel := context.WithCancel(s.ctx)
	r.server, r.stopOf = s, cancel
	r.work.Go(func() {
		ticker := time.NewTicker(lookOver)
		defer ticker.Stop()
		for {
			r.follow(ctx)
			select {
			case <-ticker.C:
			case <-ctx.Done():
				return
			}
		}
	})
}

// stop takes all registrations back and returns when trunks have answered, or
// have had their time.
func (r *registrations) stop() {
	if r.stopOf == nil { // never started
		return
	}
	r.stopOf()
	r.work.Wait()
}

// follow begins and ends registrations as the table says. A trunk with other
// settings than before begins anew.
func (r *registrations) follow(ctx context.Context) {
	wanted := make(map[string]*trunk.Trunk)
	for _, t := range r.server.trunks.Trunks() {
		if t.Register != nil {
			wanted[t.Name] = t
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for name, known := range r.of {
		if wanted[name] == nil {
			known.cancel()
			delete(r.of, name)
		}
	}
	for name, t := range wanted {
		before := r.of[name]
		if before != nil && sameAccount(before.trunk, t) || ctx.Err() != nil {
			continue
		}
		left := make(chan struct{})
		if before == nil {
			close(left)
		} else { // what it takes back must not be what comes after
			before.cancel()
			left = before.done
		}
		if r.of == nil {
			r.of = make(map[string]*registration)
		}
		ctx, cancel := context.WithCancel(ctx)
		known := newRegistration(r, t, cancel)
		r.of[name] = known
		r.work.Go(func() {
			defer close(known.done)
			<-left
			known.run(ctx)
		})
	}
}

// sameAccount reports whether two settings of a trunk make the same registration.
func sameAccount(a, b *trunk.Trunk) bool {
	return a.Host == b.Host && a.Port == b.Port && a.Transport == b.Transport && a.Roots == b.Roots && a.Domain == b.Domain &&
		a.Username == b.Username && a.Password == b.Password && a.Shown.FromDomain == b.Shown.FromDomain && *a.Register == *b.Register
}

// Registration tells of our registration with a trunk.
func (s *Server) Registration(name string) Registration {
	s.registrations.mu.Lock()
	defer s.registrations.mu.Unlock()
	if known := s.registrations.of[name]; known != nil {
		return known.Registration
	}
	return Registration{}
}

// refused reports whether a trunk has turned our registration down: it would
// turn our calls down as well.
func (r *registrations) refused(t *trunk.Trunk) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	known := r.of[t.Name]
	return known != nil && known.State == NotRegistered && known.Until.Before(time.Now())
}

// serviceRoutes are those that a trunk has told with our registration (RFC 3608).
func (s *Server) serviceRoutes(t *trunk.Trunk) []sip.Uri {
	s.registrations.mu.Lock()
	defer s.registrations.mu.Unlock()
	known := s.registrations.of[t.Name]
	if known == nil || known.State != Registered {
		return nil
	}
	return known.routes
}
