package registrar

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/store"
)

// Flow is the way to a telephone: where it was heard, over what. Over UDP that
// passes the telephone's NAT; else it is the connection that it opened.
type Flow struct {
	Transport string // "UDP", "TCP", "TLS", …
	Source    netip.AddrPort
}

// Device is a telephone that has registered.
type Device struct {
	ID        string // names it as long as it stays registered
	UserName  string
	Identity  identifier.ID
	CallerID  string // of its credential
	Contact   string // the URI that calls to it name
	Flow      Flow
	UserAgent string
	Since     time.Time
	Expires   time.Time
}

// device is what is kept of one.
type device struct {
	ID        string    `json:"id"`
	Contact   string    `json:"contact"`
	Transport string    `json:"transport"`
	Source    string    `json:"source"`
	UserAgent string    `json:"userAgent,omitempty"`
	Instance  string    `json:"instance,omitempty"` // +sip.instance and reg-id; "" where none
	CallID    string    `json:"callId"`
	CSeq      uint32    `json:"cseq"`
	Since     time.Time `json:"since"`
	Expires   time.Time `json:"expires"`

	flow  Flow
	saved time.Time // the expiry that the store knows; zero: it does not
}

// placement is what is stored of a user name's devices: those over UDP, whose
// ways outlive our connections.
type placement struct {
	Devices []device `json:"devices"`
}

// storedPlacements is how they are kept, by user name.
var storedPlacements = store.Define[placement]("phone-registrations", store.Unchanged)

// enter adds a device. It runs under r.mu, or before anybody else is there.
func (r *Registrar) enter(userName string, d *device) {
	if !d.flow.Source.IsValid() {
		source, err := netip.ParseAddrPort(d.Source)
		if err != nil {
			return
		}
		d.flow = Flow{d.Transport, source}
	}
	d.Source, d.Transport = d.flow.Source.String(), d.flow.Transport
	r.devices[userName] = append(r.devices[userName], d)
	r.flows[d.flow]++
}

// leave takes devices out. It runs under r.mu.
func (r *Registrar) leave(userName string, gone func(*device) bool) (left int) {
	kept := slices.DeleteFunc(r.devices[userName], func(d *device) bool {
		if !gone(d) {
			return false
		}
		left++
		if r.flows[d.flow]--; r.flows[d.flow] == 0 {
			delete(r.flows, d.flow)
		}
		return true
	})
	if len(kept) == 0 {
		delete(r.devices, userName)
	} else {
		r.devices[userName] = kept
	}
	return left
}

// forget takes a user name's devices out, of the store as well. It runs under
// r.writing.
func (r *Registrar) forget(ctx context.Context, userName string) error {
	r.mu.Lock()
	r.leave(userName, func(*device) bool { return true })
	r.mu.Unlock()
	return r.save(ctx, userName)
}

// save writes the devices of a user name that a restart need not forget. It
// runs under r.writing, so that the latest state is the last that is written.
func (r *Registrar) save(ctx context.Context, userName string) error {
	var kept placement
	r.mu.Lock()
	for _, d := range r.devices[userName] {
		if d.flow.Transport == "UDP" {
			d.saved = d.Expires
			kept.Devices = append(kept.Devices, *d)
		}
	}
	r.mu.Unlock()
	if len(kept.Devices) > 0 {
		return r.placed.Put(ctx, userName, kept)
	}
	err := r.placed.Delete(ctx, userName)
	if fault.Is(err, fault.KindNotFound) {
		return nil
	}
	return err
}

// Devices lists the telephones by which a user can be reached now.
func (r *Registrar) Devices(id identifier.ID) (list []Device) {
	for _, c := range r.Of(id) {
		list = append(list, r.DevicesOf(c.UserName)...)
	}
	return list
}

// DevicesOf lists the devices that have registered with a user name.
func (r *Registrar) DevicesOf(userName string) (list []Device) {
	now := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.credentials[userName]
	if c == nil {
		return nil
	}
	for _, d := range r.devices[userName] {
		if now.Before(d.Expires) {
			list = append(list, d.public(userName, c))
		}
	}
	return list
}

// All lists every device.
func (r *Registrar) All() (list []Device) {
	for _, c := range r.List() {
		list = append(list, r.DevicesOf(c.UserName)...)
	}
	return list
}

func (d *device) public(userName string, c *credential) Device {
	return Device{
		ID: d.ID, UserName: userName, Identity: c.id, CallerID: c.CallerID, Contact: d.Contact, Flow: d.flow,
		UserAgent: d.UserAgent, Since: d.Since, Expires: d.Expires,
	}
}

// Device finds a device of a user by its ID.
func (r *Registrar) Device(id identifier.ID, device string) (Device, bool) {
	for _, d := range r.Devices(id) {
		if d.ID == device {
			return d, true
		}
	}
	return Device{}, false
}

// HasFlow reports whether a registered device is heard from there.
func (r *Registrar) HasFlow(f Flow) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.flows[f] > 0
}

// Lost forgets the devices behind a way that is no more: a connection closed,
// or a telephone does not answer.
func (r *Registrar) Lost(ctx context.Context, f Flow, why string) {
	if r.HasFlow(f) {
		r.drop(ctx, why, func(d *device) bool { return d.flow == f })
	}
}

// Sweep forgets the devices whose time is over.
func (r *Registrar) Sweep(ctx context.Context) {
	now := time.Now()
	r.drop(ctx, "expired", func(d *device) bool { return !now.Before(d.Expires) })
	r.faults.counts.Len(now) // which removes those that have expired
}

func (r *Registrar) drop(ctx context.Context, why string, gone func(*device) bool) {
	r.writing.Lock()
	defer r.writing.Unlock()
	var changed []string
	r.mu.Lock()
	for userName := range r.devices {
		if left := r.leave(userName, gone); left > 0 {
			r.counts.expired.Add(uint64(left))
			changed = append(changed, userName)
		}
	}
	r.mu.Unlock()
	for _, userName := range changed {
		r.log.Info("phone is gone", "user", userName, "why", why)
		if err := r.save(ctx, userName); err != nil {
			r.log.Error("phone registrations not written", "user", userName, "error", err)
		}
	}
}
