package trunk

import (
	"fmt"
	"strings"
	"time"
)

// Assertion is the header that tells a trunk who calls, besides From.
type Assertion string

// The assertions.
const (
	Asserted  Assertion = "asserted"  // P-Asserted-Identity (RFC 3325 §9.1), between networks that trust each other
	Preferred Assertion = "preferred" // P-Preferred-Identity (RFC 3325 §9.2), to a network that asserts itself
	None      Assertion = "none"
)

// Shown is what calls through a trunk show of their caller.
type Shown struct {
	// FromUser stands in From in place of the caller's number, which the assertion
	// tells: carriers that want the account there. "" is the number.
	FromUser string
	// FromDomain is the host of From; "" is our own address.
	FromDomain string
	// Assertion is Asserted ("" is the same), Preferred or None.
	Assertion Assertion
	// Private hides every caller: an anonymous From, Privacy: id, and the number
	// in the assertion alone (RFC 3323, 3325).
	Private bool
	// DropIdentity leaves the Identity headers (RFC 8224) of calls that are passed on
	// behind; else they go along.
	DropIdentity bool
}

func (s *Shown) check() error {
	if s.Assertion == "" {
		s.Assertion = Asserted
	}
	if s.Assertion != Asserted && s.Assertion != Preferred && s.Assertion != None {
		return fmt.Errorf("identity %q is not one of asserted, preferred, none", s.Assertion)
	}
	if strings.ContainsAny(s.FromUser+s.FromDomain, " \t\r\n<>;?@\"\\,:") {
		return fmt.Errorf("from-user %q and from-domain %q must be a plain name and a host", s.FromUser, s.FromDomain)
	}
	return nil
}

// Registration is how we register with a trunk (RFC 3261 §10), so that it knows
// where its calls for us go. The trunk's Username and Password answer for it.
type Registration struct {
	User    string        // the account; "" is the trunk's Username
	Expires time.Duration // asked for; 0 is one hour
}

// Bounds of a registration.
const (
	minRegistration = time.Minute
	maxRegistration = 24 * time.Hour
)

func (r *Registration) check(t *Trunk) error {
	if r.User == "" {
		r.User = t.Username
	}
	if r.Expires == 0 {
		r.Expires = time.Hour
	}
	switch {
	case t.Host == "":
		return fmt.Errorf("register needs a host")
	case r.User == "" || strings.ContainsAny(r.User, " \t\r\n<>;?@\"\\,:"):
		return fmt.Errorf("register needs a user, or the trunk a username: the account at the provider")
	case r.Expires < minRegistration || r.Expires > maxRegistration:
		return fmt.Errorf("register for %s: it must be between %s and %s", r.Expires, minRegistration, maxRegistration)
	}
	return nil
}

// Realm is the host that addresses at the trunk have: Domain where calls pass an
// outbound proxy, else Host.
func (t *Trunk) Realm() string {
	if t.Domain != "" {
		return t.Domain
	}
	return t.Host
}

// checkDialect checks how we speak to the trunk.
func (t *Trunk) checkDialect() error {
	if strings.ContainsAny(t.Domain, " \t\r\n<>;?@") {
		return fmt.Errorf("domain %q is no host", t.Domain)
	}
	if err := t.Shown.check(); err != nil {
		return err
	}
	if err := t.Rewriting.check(); err != nil {
		return err
	}
	if t.Register == nil {
		return nil
	}
	own := *t.Register // whoever gave it may use it again
	t.Register = &own
	return t.Register.check(t)
}
