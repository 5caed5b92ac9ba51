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
	// MinExpires and MaxExpires bound how long a registration is valid; 60 s, 1 h.
	MinExpires, MaxExpires time.Duration
	MaxCredentials         int // 10,000
}

// Registrar is the registrar and location service of the users' telephones (RFC
// 3261 §10), with their credentials. It is safe for concurrent use.
type Registrar struct {
	cfg     Config
	log     *slog.Logger
	lockout *Lockout
	counts  struct{ accepted, removed, expired, lost, refused, wrong, locked atomic.Uint64 }

	credentialStore *store.Collection[credential] // by user name
	bindingStore    *store.Collection[bindings]   // by user name; only those that outlive the process

	writing  sync.Mutex      // held while the store is changed, before mu
	unstored map[string]bool // under writing: user names of which the store has not got the bindings

	mu          sync.Mutex
	credentials map[string]*credential     // by user name
	userNames   map[identifier.ID][]string // of each identity
	bindings    map[string][]*binding      // by user name, the latest last
	flows       map[Flow]int               // how many bindings have each
}

// New opens what was kept. Close ends it.
func New(ctx context.Context, cfg Config) (*Registrar, error) {
	setDefault(&cfg.MinExpires, time.Minute)
	setDefault(&cfg.MaxExpires, time.Hour)
	if cfg.MaxCredentials == 0 {
		cfg.MaxCredentials = 10_000
	}
	r := &Registrar{
		cfg: cfg, log: cfg.Log, lockout: NewLockout(),
		credentials: map[string]*credential{}, userNames: map[identifier.ID][]string{}, bindings: map[string][]*binding{}, flows: map[Flow]int{},
		unstored: map[string]bool{},
	}
	var err error
	if r.credentialStore, err = store.NewCollection(cfg.Store, storedCredentials); err != nil {
		return nil, err
	}
	if r.bindingStore, err = store.NewCollection(cfg.Store, storedBindings); err != nil {
		r.credentialStore.Close()
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
	r.bindingStore.Close()
	r.credentialStore.Close()
}

// load reads credentials, and the bindings that have not expired.
func (r *Registrar) load(ctx context.Context) error {
	for item, err := range r.credentialStore.All(ctx) {
		if err != nil {
			return err
		}
		c := item.Value
		if c.id, err = identifier.Parse(c.Identity); err != nil {
			return fmt.Errorf("stored phone credential %s: %w", item.ID, err)
		}
		r.indexCredential(item.ID, &c)
	}
	now := time.Now()
	for item, err := range r.bindingStore.All(ctx) {
		if err != nil {
			return err
		}
		for _, b := range item.Value.List {
			// The clock of the machine may have been ahead, and may be set later.
			left := min(b.Expires.Sub(now), r.cfg.MaxExpires)
			if r.credentials[item.ID] != nil && left > 0 {
				b.storedExpiry, b.Expires = b.Expires, now.Add(left)
				r.addBinding(item.ID, &b)
			}
		}
	}
	return nil
}

// Counts are the outcomes of registrations since the start.
type Counts struct {
	Accepted uint64 // new and renewed
	Removed  uint64 // by the telephone itself
	Expired  uint64 // not renewed in time
	Lost     uint64 // the connection closed, or the telephone did not answer
	Refused  uint64 // too brief, too many, out of order
	Wrong    uint64 // wrong passwords
	Locked   uint64 // requests whose password was not checked, after too many wrong ones
}

// Counts returns the counts.
func (r *Registrar) Counts() Counts {
	c := &r.counts
	return Counts{c.accepted.Load(), c.removed.Load(), c.expired.Load(), c.lost.Load(), c.refused.Load(), c.wrong.Load(), c.locked.Load()}
}
