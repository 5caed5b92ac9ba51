package registrar

import (
	"net/netip"
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/store"
)

// Flow is the network path to a telephone (RFC 5626): the transport, and the
// address that its REGISTER came from. Over UDP that is the address in front of
// the telephone's NAT; else it is the connection that the telephone opened.
type Flow struct {
	Transport string // "UDP", "TCP", "TLS", …
	Source    netip.AddrPort
}

// Binding is a contact of a user that is in force (RFC 3261 §10): a telephone
// that has registered with us.
type Binding struct {
	ID        string // the same as long as the binding is renewed
	UserName  string
	Identity  identifier.ID
	CallerID  string // of its credential
	Contact   string // the URI that calls to it name
	Instance  string // tells it from other telephones whatever its address (RFC 5626); "" where it names none
	Flow      Flow
	Path      []string // the proxies on the way to it, the nearest to us first (RFC 3327); nil: none
	UserAgent string
	Since     time.Time
	Expires   time.Time
}

// binding is a Binding as it is stored, with what a later REGISTER is compared to.
type binding struct {
	ID        string    `json:"id"`
	Contact   string    `json:"contact"`
	Transport string    `json:"transport"`
	Source    string    `json:"source"`
	UserAgent string    `json:"userAgent,omitempty"`
	Instance  string    `json:"instance,omitempty"` // +sip.instance and reg-id; "" where none
	CallID    string    `json:"callId"`
	CSeq      uint32    `json:"cseq"`
	Path      []string  `json:"path,omitempty"` // URIs in angle brackets
	Since     time.Time `json:"since"`
	Expires   time.Time `json:"expires"`

	flow         Flow
	storedExpiry time.Time // the expiry that the store has; zero: the binding is not there
}

// bindings are what is stored of a user name: its bindings over UDP. Those over
// connections end with the process.
type bindings struct {
	List []binding `json:"devices"`
}

// storedBindings is how bindings are stored, by user name.
var storedBindings = store.Define[bindings]("phone-registrations", store.Unchanged)

func (b *binding) public(userName string, c *credential) Binding {
	return Binding{
		ID: b.ID, UserName: userName, Identity: c.id, CallerID: c.CallerID, Contact: b.Contact, Instance: b.Instance, Flow: b.flow, Path: b.Path,
		UserAgent: b.UserAgent, Since: b.Since, Expires: b.Expires,
	}
}

// outdated reports whether a request is older than the one that made the binding
// or renewed it (RFC 3261 §10.3, step 7).
func (b *binding) outdated(in Request) bool { return b.CallID == in.CallID && in.CSeq <= b.CSeq }

// addBinding runs under r.mu, or before anybody else is there.
func (r *Registrar) addBinding(userName string, b *binding) {
	if !b.flow.Source.IsValid() {
		source, err := netip.ParseAddrPort(b.Source)
		if err != nil {
			return
		}
		b.flow = Flow{b.Transport, source}
	}
	b.Source, b.Transport = b.flow.Source.String(), b.flow.Transport
	r.bindings[userName] = append(r.bindings[userName], b)
	r.flows[b.flow]++
}

// removeBindings removes those of a user name that are chosen, and counts them. It
// runs under r.mu.
func (r *Registrar) removeBindings(userName string, chosen func(*binding) bool) (removed int) {
	kept := slices.DeleteFunc(r.bindings[userName], func(b *binding) bool {
		if !chosen(b) {
			return false
		}
		removed++
		if r.flows[b.flow]--; r.flows[b.flow] == 0 {
			delete(r.flows, b.flow)
		}
		return true
	})
	if len(kept) == 0 {
		delete(r.bindings, userName)
	} else {
		r.bindings[userName] = kept
	}
	return removed
}

// BindingsOfIdentity lists the telephones by which a user can be reached now.
func (r *Registrar) BindingsOfIdentity(id identifier.ID) (list []Binding) {
	for _, c := range r.CredentialsOf(id) {
		list = append(list, r.BindingsOfUser(c.UserName)...)
	}
	return list
}

// BindingsOfUser lists the bindings of a user name.
func (r *Registrar) BindingsOfUser(userName string) (list []Binding) {
	now := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.credentials[userName]
	if c == nil {
		return nil
	}
	for _, b := range r.bindings[userName] {
		if now.Before(b.Expires) {
			list = append(list, b.public(userName, c))
		}
	}
	return list
}

// AllBindings lists every binding.
func (r *Registrar) AllBindings() (list []Binding) {
	for _, c := range r.List() {
		list = append(list, r.BindingsOfUser(c.UserName)...)
	}
	return list
}

// FindBinding returns a binding of a user by its ID.
func (r *Registrar) FindBinding(id identifier.ID, bindingID string) (Binding, bool) {
	for _, b := range r.BindingsOfIdentity(id) {
		if b.ID == bindingID {
			return b, true
		}
	}
	return Binding{}, false
}

// HasFlow reports whether a binding has that flow.
func (r *Registrar) HasFlow(f Flow) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.flows[f] > 0
}
