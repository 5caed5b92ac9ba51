package registrar

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/store"
)

// Config is what a Registrar needs. Zero values take the defaults that the
// comments name.
type Config struct {
	Store store.Backend // required
	Realm string        // of the digests; a password is bound to it
	Log   *slog.Logger  // required
	// MinExpires and MaxExpires bound how long a registration counts; 60 s, 1 h.
	MinExpires, MaxExpires time.Duration
	MaxCredentials         int // 10,000
}

// Registrar keeps credentials and registrations. It is safe for concurrent use.
type Registrar struct {
	cfg    Config
	log    *slog.Logger
	stored *store.Collection[credential] // by user name
	placed *store.Collection[placement]  // by user name: what a restart need not forget
	faults lockout
	counts struct{ accepted, removed, expired, refused, wrong, locked atomic.Uint64 }

	writing sync.Mutex // held while the store is changed, before mu

	mu          sync.Mutex
	credentials map[string]*credential
	names       map[identifier.ID][]string // the user names of each identity
	devices     map[string][]*device       // by user name, the latest last
	flows       map[Flow]int               // how many devices each carries
}

// New opens what was kept. Close ends it.
func New(ctx context.Context, cfg Config) (*Registrar, error) {
	setDefault(&cfg.MinExpires, time.Minute)
	setDefault(&cfg.MaxExpires, time.Hour)
	if cfg.MaxCredentials == 0 {
		cfg.MaxCredentials = 10_000
	}
	r := &Registrar{
		cfg: cfg, log: cfg.Log, credentials: map[string]*credential{}, names: map[identifier.ID][]string{}, devices: map[string][]*device{}, flows: map[Flow]int{},
		faults: newLockout(),
	}
	var err error
	if r.stored, err = store.NewCollection(cfg.Store, storedCredentials); err != nil {
		return nil, err
	}
	if r.placed, err = store.NewCollection(cfg.Store, storedPlacements); err != nil {
		r.stored.Close()
		return nil, err
	}
	if err = r.load(ctx); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

func setDefault(d *time.Duration, value time.Duration) {
	if *d == 0 {
		*d = value
	}
}

// Close ends the collections. Call it before the store is closed.
func (r *Registrar) Close() {
	r.placed.Close()
	r.stored.Close()
}

// load reads credentials, and registrations of them that still count.
func (r *Registrar) load(ctx context.Context) error {
	for item, err := range r.stored.All(ctx) {
		if err != nil {
			return err
		}
		c := item.Value
		if c.id, err = identifier.Parse(c.Identity); err != nil {
			return fmt.Errorf("stored phone credential %s: %w", item.ID, err)
		}
		r.know(item.ID, &c)
	}
	now := time.Now()
	for item, err := range r.placed.All(ctx) {
		if err != nil {
			return err
		}
		for _, d := range item.Value.Devices {
			if r.credentials[item.ID] != nil && now.Before(d.Expires) {
				d.saved = d.Expires
				r.enter(item.ID, &d)
			}
		}
	}
	return nil
}

// Counts are what registrations came to since the start.
type Counts struct {
	Accepted uint64 // new and renewed
	Removed  uint64 // by the telephone itself
	Expired  uint64 // or lost with their connection, or silent
	Refused  uint64 // could not be taken: too brief, too many, out of order
	Wrong    uint64 // wrong passwords
	Locked   uint64 // refused unread, after too many of those
}

// Counts returns the counts.
func (r *Registrar) Counts() Counts {
	c := &r.counts
	return Counts{c.accepted.Load(), c.removed.Load(), c.expired.Load(), c.refused.Load(), c.wrong.Load(), c.locked.Load()}
}
