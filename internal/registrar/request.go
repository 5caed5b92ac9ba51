package registrar

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"time"
)

// Bounds on registrations.
const (
	MaxBindings   = 10  // of one user name
	MaxContact    = 512 // bytes of a Contact's URI
	MaxPath       = 4   // proxies on the way to a telephone
	maxUserAgent  = 128 // bytes that are stored
	defaultExpiry = time.Hour
)

// Why a REGISTER request is refused.
var (
	ErrTooBrief = errors.New("the registration would be shorter than is allowed")
	ErrOrder    = errors.New("a later request of this Call-ID was received before") // RFC 3261 §10.3, step 7
	ErrTooMany  = errors.New("this user name has as many registered phones as are allowed")
	ErrReplaced = errors.New("the password was replaced meanwhile")
)

// Request is a REGISTER request, which adds, renews, removes or asks for bindings.
type Request struct {
	UserName  string
	As        Credential // as it was before its password was checked; zero: it is not compared
	CallID    string
	CSeq      uint32
	Flow      Flow
	Path      []string // see Binding
	UserAgent string
	All       bool      // Contact: *, which removes all bindings
	Contacts  []Contact // none: it only asks
}

// Contact is one address of a Request.
type Contact struct {
	URI      string
	Instance string        // identifies the telephone whatever its address (RFC 5626); "" where it names none
	Expires  time.Duration // 0 removes the binding; negative: the telephone leaves it to us
}

// MinExpires is the shortest registration.
func (r *Registrar) MinExpires() time.Duration { return r.cfg.MinExpires }

// Register applies a request, all or nothing, and returns the bindings that the user
// name has then. The caller has checked the password.
func (r *Registrar) Register(ctx context.Context, in Request) (all []Binding, err error) {
	r.writing.Lock()
	defer r.writing.Unlock()
	changed, err := r.apply(in)
	if err != nil {
		r.counts.refused.Add(1)
		return nil, err
	}
	if changed || r.unstored[in.UserName] {
		if err := r.storeBindings(ctx, in.UserName); err != nil {
			return nil, err
		}
	}
	return r.BindingsOfUser(in.UserName), nil
}

// apply changes the bindings; changed tells that they have to be stored.
func (r *Registrar) apply(in Request) (changed bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch c := r.credentials[in.UserName]; {
	case c == nil: // removed since the password was checked
		return false, noSuch(in.UserName)
	case in.As.version != "" && in.As.version != c.SHA256:
		return false, ErrReplaced
	}
	now := time.Now()
	r.removeBindings(in.UserName, func(b *binding) bool { return !now.Before(b.Expires) })
	if in.All {
		for _, b := range r.bindings[in.UserName] {
			if b.outdated(in) {
				return false, ErrOrder
			}
		}
		removed := r.removeBindings(in.UserName, func(*binding) bool { return true })
		r.counts.removed.Add(uint64(removed))
		return removed > 0, nil
	}
	if err := r.check(in); err != nil {
		return false, err
	}
	for _, contact := range in.Contacts {
		changed = r.applyContact(in, contact, now) || changed
	}
	return changed, nil
}

// check refuses what cannot be done, before anything is.
func (r *Registrar) check(in Request) error {
	added := 0
	for _, contact := range in.Contacts {
		if contact.Expires > 0 && contact.Expires < r.cfg.MinExpires {
			return ErrTooBrief
		}
		switch present := r.bindingOf(in, contact); {
		case present != nil && present.outdated(in):
			return ErrOrder
		case present == nil && contact.Expires != 0:
			added++
		}
	}
	if len(r.bindings[in.UserName])+added > MaxBindings {
		return ErrTooMany
	}
	return nil
}

// applyContact adds, renews or removes the binding of one contact.
func (r *Registrar) applyContact(in Request, contact Contact, now time.Time) (changed bool) {
	present := r.bindingOf(in, contact)
	if contact.Expires == 0 {
		if present == nil {
			return false
		}
		r.removeBindings(in.UserName, func(b *binding) bool { return b == present })
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
	next := &binding{
		ID: rand.Text(), Contact: contact.URI, Instance: contact.Instance, flow: in.Flow, Path: in.Path, UserAgent: in.UserAgent[:min(len(in.UserAgent), maxUserAgent)],
		CallID: in.CallID, CSeq: in.CSeq, Since: now, Expires: now.Add(granted),
	}
	if present == nil {
		r.log.Info("phone registered", "user", in.UserName, "source", in.Flow.Source, "transport", in.Flow.Transport, "agent", next.UserAgent, "for", granted)
		r.addBinding(in.UserName, next)
		return true
	}
	next.ID, next.Since, next.storedExpiry = present.ID, present.Since, present.storedExpiry
	next.Instance = cmp.Or(next.Instance, present.Instance)
	moved := present.flow != next.flow || present.Contact != next.Contact || !slices.Equal(present.Path, next.Path)
	r.removeBindings(in.UserName, func(b *binding) bool { return b == present })
	r.addBinding(in.UserName, next)
	if present.flow.Transport != "UDP" && next.flow.Transport != "UDP" {
		return false // neither is stored
	}
	// A renewal is stored only where what is stored would expire before the next
	// one: a restart in between loses no binding.
	return moved || next.storedExpiry.Sub(now) < granted/2
}

// bindingOf returns the binding that a contact is about: of its instance (RFC 5626 §6), else
// of its address and flow, where one of the two names no instance, as some phones do when
// they sign out; nil: there is none yet.
func (r *Registrar) bindingOf(in Request, contact Contact) (found *binding) {
	for _, b := range r.bindings[in.UserName] {
		switch isSameAddress := b.Contact == contact.URI; {
		case b.Instance == contact.Instance && (contact.Instance != "" || isSameAddress):
			return b
		case isSameAddress && b.flow == in.Flow && (b.Instance == "" || contact.Instance == ""):
			found = b
		}
	}
	return found
}
