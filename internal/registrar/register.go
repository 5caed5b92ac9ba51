package registrar

import (
	"context"
	"crypto/rand"
	"errors"
	"time"
)

// Bounds on registrations.
const (
	MaxDevices    = 10  // of one user name
	MaxContact    = 512 // bytes of a Contact's URI
	maxUserAgent  = 128 // bytes that are kept
	defaultExpiry = time.Hour
)

// Why a registration is refused.
var (
	ErrTooBrief = errors.New("the registration is shorter than is allowed")
	ErrOrder    = errors.New("a later registration of this Call-ID has come already") // RFC 3261 §10.3, step 7
	ErrTooMany  = errors.New("as many phones as are allowed have registered with this user name")
)

// Registration is what a telephone says in one REGISTER.
type Registration struct {
	UserName  string
	CallID    string
	CSeq      uint32
	Flow      Flow
	UserAgent string
	All       bool      // Contact: *, the end of all of them
	Contacts  []Contact // none: it asks what there is
}

// Contact is one address of a Registration.
type Contact struct {
	URI      string
	Instance string        // tells devices apart whatever their addresses (RFC 5626); "" where the phone names none
	Expires  time.Duration // 0 ends it; negative: the phone leaves it to us
}

// MinExpires is the shortest registration.
func (r *Registrar) MinExpires() time.Duration { return r.cfg.MinExpires }

// Register does what a telephone asks, all or nothing, and returns the devices
// that the user name has then. The caller has checked the password.
func (r *Registrar) Register(ctx context.Context, in Registration) (now []Device, err error) {
	r.writing.Lock()
	defer r.writing.Unlock()
	changed, err := r.apply(in)
	if err != nil {
		r.counts.refused.Add(1)
		return nil, err
	}
	if changed {
		if err := r.save(ctx, in.UserName); err != nil {
			return nil, err
		}
	}
	return r.DevicesOf(in.UserName), nil
}

// apply changes the devices; changed tells that the store should know.
func (r *Registrar) apply(in Registration) (changed bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.credentials[in.UserName] == nil { // removed since the password was checked
		return false, noSuch(in.UserName)
	}
	now := time.Now()
	r.leave(in.UserName, func(d *device) bool { return !now.Before(d.Expires) })
	if in.All {
		for _, d := range r.devices[in.UserName] {
			if d.stale(in) {
				return false, ErrOrder
			}
		}
		left := r.leave(in.UserName, func(*device) bool { return true })
		r.counts.removed.Add(uint64(left))
		return left > 0, nil
	}
	if err := r.check(in); err != nil {
		return false, err
	}
	for _, contact := range in.Contacts {
		changed = r.take(in, contact, now) || changed
	}
	return changed, nil
}

// check refuses what cannot be done, before anything is.
func (r *Registrar) check(in Registration) error {
	more := 0
	for _, contact := range in.Contacts {
		if contact.Expires > 0 && contact.Expires < r.cfg.MinExpires {
			return ErrTooBrief
		}
		switch known := r.known(in.UserName, contact); {
		case known != nil && known.stale(in):
			return ErrOrder
		case known == nil && contact.Expires != 0:
			more++
		}
	}
	if len(r.devices[in.UserName])+more > MaxDevices {
		return ErrTooMany
	}
	return nil
}

// take enters, renews or ends one contact.
func (r *Registrar) take(in Registration, contact Contact, now time.Time) (changed bool) {
	known := r.known(in.UserName, contact)
	if contact.Expires == 0 {
		if known == nil {
			return false
		}
		r.leave(in.UserName, func(d *device) bool { return d == known })
		r.counts.removed.Add(1)
		r.log.Info("phone signed out", "user", in.UserName, "contact", contact.URI)
		return true
	}
	granted := contact.Expires
	if granted < 0 {
		granted = defaultExpiry
	}
	granted = min(granted, r.cfg.MaxExpires)
	r.counts.accepted.Add(1)
	next := &device{
		ID: rand.Text(), Contact: contact.URI, Instance: contact.Instance, flow: in.Flow, UserAgent: in.UserAgent[:min(len(in.UserAgent), maxUserAgent)],
		CallID: in.CallID, CSeq: in.CSeq, Since: now, Expires: now.Add(granted),
	}
	if known == nil {
		r.log.Info("phone registered", "user", in.UserName, "source", in.Flow.Source, "transport", in.Flow.Transport, "agent", next.UserAgent, "for", granted)
		r.enter(in.UserName, next)
		return true
	}
	next.ID, next.Since, next.saved = known.ID, known.Since, known.saved
	moved := known.flow != next.flow || known.Contact != next.Contact
	r.leave(in.UserName, func(d *device) bool { return d == known })
	r.enter(in.UserName, next)
	if known.flow.Transport != "UDP" && next.flow.Transport != "UDP" {
		return false // the store keeps neither
	}
	// The store is told early enough that a restart between two renewals forgets
	// nobody, not each time.
	return moved || next.saved.Sub(now) < granted/2
}

// known finds the device that a contact is.
func (r *Registrar) known(userName string, contact Contact) *device {
	for _, d := range r.devices[userName] {
		if contact.Instance != "" && d.Instance == contact.Instance || d.Instance == contact.Instance && d.Contact == contact.URI {
			return d
		}
	}
	return nil
}

// stale reports whether a request is older than what the device has said.
func (d *device) stale(in Registration) bool { return d.CallID == in.CallID && in.CSeq <= d.CSeq }
