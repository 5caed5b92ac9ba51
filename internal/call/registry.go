package call

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/switchhook/switchhook/internal/expiring"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/permit"
	"github.com/switchhook/switchhook/internal/speech"
)

// Numbers knows which phone numbers are ours.
type Numbers interface {
	Owns(number string) bool
}

// Announcer tells the world of a call that waits for an answer. It returns how
// many listeners it will tell; it only queues.
type Announcer interface {
	IncomingCall(IncomingCall) (listeners int)
}

// IncomingCall is a call that rings for an application.
type IncomingCall struct {
	Invitation
	Context       string // what an application answers, rejects or redirects with
	ServerCallID  string
	CorrelationID string
	At            time.Time
}

// Config is what a Registry needs.
type Config struct {
	Resource  string // GUID of the resource
	Dialers   Dialers
	Numbers   Numbers
	Announcer Announcer
	Publisher Publisher
	Prompts   Prompts
	Mixes     Mixes
	Streams   Streams
	// Transcripts opens transcriptions.
	Transcripts Transcripts
	// Captions says that it can, for the people in a call.
	Captions bool
	// Recordings makes recordings of calls.
	Recordings Recordings
	// RecordHoldMusic takes music on hold into recordings.
	RecordHoldMusic bool
	// AnnounceRecordings tells everybody of a recording before it hears them: with the
	// prompt OwnAnnouncement.
	AnnounceRecordings bool
	// Recognizer understands speech; nil: nobody does, and choices are made by keys.
	Recognizer speech.Recognizer
	// Permit decides which phone numbers may be called, by whom; nil: all, by all.
	Permit *permit.Rules
	// ApplicationsConverse makes applications that take part in the name of an
	// identity part of the conversation, of which CallEvents tell; else devices alone are.
	ApplicationsConverse bool
	// EchoNumbers are answered by an echo, without an application.
	EchoNumbers []string
	// Details takes what is left of each call when it is over; nil: nobody does.
	Details Details
	// Watcher is told of legs while they live; nil: nobody is.
	Watcher Watcher
	// Devices knows the telephones of users; nil: they have none.
	Devices Devices
	// Lines are numbers elsewhere that users stand in for; nil: there are none.
	Lines Lines
	// Overloaded says that no new call should be taken now; nil never does.
	Overloaded func() bool

	RingApplication time.Duration // how long a call rings for an application; 30 s
	RingPhone       time.Duration // how long a dialled phone may ring; 115 s
	RingDevice      time.Duration // how long a user's telephone may ring; 85 s
	MaxDuration     time.Duration // the longest call; 30 h
	MaxCalls        int           // calls at once; 10,000
}

func (c *Config) defaults() {
	setDefault(&c.RingApplication, 30*time.Second)
	setDefault(&c.RingPhone, 115*time.Second)
	setDefault(&c.RingDevice, 85*time.Second)
	setDefault(&c.MaxDuration, 30*time.Hour)
	if c.MaxCalls == 0 {
		c.MaxCalls = 10_000
	}
	if c.Details == nil {
		c.Details = noDetails{}
	}
	if c.Watcher == nil {
		c.Watcher = noWatcher{}
	}
	if c.Devices == nil {
		c.Devices = noDevices{}
	}
	if c.Lines == nil {
		c.Lines = noLines{}
	}
	if c.Overloaded == nil {
		c.Overloaded = func() bool { return false }
	}
}

func setDefault(d *time.Duration, value time.Duration) {
	if *d == 0 {
		*d = value
	}
}

// Registry finds calls: by the names of a Locator, connections by
// callConnectionId, waiting calls by incomingCallContext. It starts calls and, at
// the end, waits for them.
type Registry struct {
	cfg  Config
	log  *slog.Logger
	node string // the first eight digits of every connection id made here

	mu          sync.Mutex
	draining    bool
	calls       map[*Call]struct{}
	byName      map[name]*Call
	connections map[string]*Connection
	rings       map[string]*ring
	recordings  map[string]*Call // that are being recorded, by recordingId
	empty       chan struct{}    // closed when draining and no call is left

	justEnded *expiring.Map[string, string] // correlation ids by connections (JustEnded)
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
		recordings:  make(map[string]*Call),
		empty:       make(chan struct{}),
		justEnded:   newJustEnded(),
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

// start makes a call and its goroutine, or says why no new one is taken. first is
// done to the call before anything, a stopping server included, can have ended it; its
// answer is returned. It is done here, before the call has its goroutine: nobody else
// touches the call until then, and who begins a call needs not wait for another goroutine.
func start[T any](r *Registry, first func(*Call) T) (answer T, err error) {
	c := newCall(r)
	if err := r.admit(c); err != nil {
		return answer, err
	}
	answer = first(c)
	go c.run()
	return answer, nil
}

// begin is start on the call's goroutine, for whoever is a call's goroutine: what a call
// does first may take as long as it does.
func (r *Registry) begin(first func(*Call)) error {
	c := newCall(r)
	c.post(func() { first(c) })
	if err := r.admit(c); err != nil {
		return err
	}
	go c.run()
	return nil
}

func (r *Registry) admit(c *Call) error {
	overloaded := r.cfg.Overloaded()
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.full(overloaded); err != nil {
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

// full runs under r.mu.
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

func (r *Registry) gone(c *Call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.calls, c)
	delete(r.byName, name{serverCallName, c.id})
	if r.draining && len(r.calls) == 0 {
		r.closeEmpty()
	}
}

// closeEmpty runs under r.mu.
func (r *Registry) closeEmpty() {
	select {
	case <-r.empty:
	default:
		close(r.empty)
	}
}

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

// Drain refuses new calls from now on.
func (r *Registry) Drain() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.draining = true
	if len(r.calls) == 0 {
		r.closeEmpty()
	}
}

// Stop drains, lets the running calls end by themselves until ctx is done, then
// ends them with their events, and returns when their goroutines have gone or
// when last is done.
func (r *Registry) Stop(ctx, last context.Context) error {
	r.Drain()
	select {
	case <-r.empty:
		return nil
	case <-ctx.Done():
	}
	r.mu.Lock()
	running := make([]*Call, 0, len(r.calls))
	for c := range r.calls {
		running = append(running, c)
	}
	r.mu.Unlock()
	for _, c := range running {
		c.post(func() { c.finish(Reason{Kind: ServerStopped, Text: "the server was stopped"}, nil) })
	}
	select {
	case <-r.empty:
		return nil
	case <-last.Done():
		return context.Cause(last)
	}
}

// owns reports whether a phone number is ours.
func (r *Registry) owns(id identifier.ID) bool {
	return id.Kind() == identifier.PhoneNumber && (r.cfg.Numbers.Owns(id.Number()) || r.echoes(id))
}
