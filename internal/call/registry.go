package call

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/expiring"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// Registry finds calls: by the names of a Locator, connections by
// callConnectionId, waiting calls by incomingCallContext. It starts calls and, at
// the end, waits for them.
type Registry struct {
	cfg  Config
	log  *slog.Logger
	node string       // the first eight digits of every connection id made here
	kept atomic.Int64 // bytes of the operations of all connections

	mu          sync.Mutex
	draining    bool
	calls       map[*Call]struct{}
	byName      map[name]*Call
	connections map[string]*Connection
	rings       map[string]*ring
	recordings  map[string]recorded // by recordingId
	empty       chan struct{}       // closed when draining and no call is left

	justEnded *expiring.Map[string, string] // correlation ids by connections (JustEnded)

	dropped, untold rareWarning
}

// NewRegistry returns a registry without calls.
func NewRegistry(cfg Config, log *slog.Logger) *Registry {
	cfg.defaults()
	return &Registry{
		cfg: cfg, log: log, node: newID()[:8],
		calls:       make(map[*Call]struct{}),
		byName:      make(map[name]*Call),
		connections: make(map[string]*Connection),
		rings:       make(map[string]*ring),
		recordings:  make(map[string]recorded),
		empty:       make(chan struct{}),
		justEnded:   newJustEnded(),
		dropped:     newRareWarning("call dropped: no subscription takes it"),
		untold:      newRareWarning("nobody is told of the call: no subscription takes it"),
	}
}

// Connection finds a connection that has not ended.
func (r *Registry) Connection(id string) (*Connection, error) {
	r.mu.Lock()
	c := r.connections[id]
	r.mu.Unlock()
	if c == nil {
		return nil, errCallOver()
	}
	return c, nil
}

// Active counts the calls that have not ended.
func (r *Registry) Active() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.calls)
}

// start makes a call, or says why no new one is taken. first is done to the call before
// anything, a stopping server included, can have ended it; its answer is returned. It is
// the first turn, and done here: who begins a call needs not wait for another goroutine.
func start[T any](r *Registry, first func(*Call) T) (answer T, err error) {
	return startFor(r, identifier.ID{}, first)
}

// startFor is start for a call to somebody: one to an emergency service is taken while no other is.
func startFor[T any](r *Registry, to identifier.ID, first func(*Call) T) (answer T, err error) {
	c := newCall(r)
	c.turn.Lock()
	if err := r.admit(c, r.cfg.Permit.IsEmergency(to)); err != nil {
		return answer, err
	}
	defer c.endTurn()
	if answer, err = runCommand(c, func() (T, error) { return first(c), nil }); err != nil {
		c.disown()
	}
	return answer, err
}

// begin is start for whoever has the turn of another call, who does not wait for what the
// new one does first.
func (r *Registry) begin(first func(*Call)) error {
	c := newCall(r)
	c.mail.Put(message{do: func() { first(c) }})
	if err := r.admit(c, false); err != nil {
		return err
	}
	c.post(func() {}) // has both read
	return nil
}

// admit takes a new call in, unless none is taken now. One to an emergency service is taken
// unless the server stops.
func (r *Registry) admit(c *Call, emergency bool) error {
	overloaded := r.cfg.Overloaded()
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.full(overloaded); err != nil && (r.draining || !emergency) {
		return err
	}
	r.calls[c] = struct{}{}
	r.byName[name{serverCallName, c.id}] = c
	return nil
}

// Ready says whether a new call would be taken now: nil, or a fault of kind Busy.
func (r *Registry) Ready() error {
	overloaded := r.cfg.Overloaded()
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.full(overloaded)
}

// full says why no new call is taken now. It runs under r.mu.
func (r *Registry) full(overloaded bool) error {
	switch {
	case r.draining:
		return fault.Busy(5*time.Second, "the server is stopping and takes no new calls")
	case overloaded:
		return fault.Busy(2*time.Second, "the server is overloaded and takes no new calls now")
	case len(r.calls) >= r.cfg.MaxCalls:
		return fault.Busy(2*time.Second, "the limit of %d calls at once is reached", r.cfg.MaxCalls)
	}
	return nil
}

// gone forgets a call.
func (r *Registry) gone(c *Call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.calls, c)
	delete(r.byName, name{serverCallName, c.id})
	if r.draining && len(r.calls) == 0 {
		r.closeEmpty()
	}
}

// opened lets a connection be found; closed ends that.
func (r *Registry) opened(c *Connection) {
	r.mu.Lock()
	r.connections[c.id] = c
	r.mu.Unlock()
}

func (r *Registry) closed(c *Connection) {
	r.mu.Lock()
	delete(r.connections, c.id)
	r.mu.Unlock()
}

// owns reports whether a phone number is ours.
func (r *Registry) owns(id identifier.ID) bool {
	return id.Kind() == identifier.PhoneNumber && (r.cfg.Numbers.Owns(id.Number()) || r.echoes(id))
}
