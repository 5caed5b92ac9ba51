package media

import (
	"bytes"
	"net/netip"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/stun/v4"
)

// credentials are those of one side of an ICE session (RFC 8445 §5.3).
type credentials struct{ user, password string }

// take takes an attribute of SDP, if it is one of theirs and the first (RFC 8839 §5.4).
func (c *credentials) take(name, value string) {
	switch {
	case name == "ice-ufrag" && c.user == "":
		c.user = value
	case name == "ice-pwd" && c.password == "":
		c.password = value
	}
}

// checkPriority is the PRIORITY of our requests: that of a peer-reflexive candidate
// (RFC 8445 §7.1.1).
const checkPriority = 110<<24 | 65535<<8 | 255

// perByte is what an address may be sent for each byte that came from there before it has
// answered, besides the answers to its own checks (as RFC 9000 §8.1).
const perByte = 3

// spend takes of what an address may be sent before it consents.
func (p *path) spend(size int) bool {
	for {
		left := p.credit.Load()
		if left < int64(size) {
			return false
		}
		if p.credit.CompareAndSwap(left, left-int64(size)) {
			return true
		}
	}
}

// ask makes a request to an address; nil where it may not have one now. It runs under mu.
func (c *consent) ask(p *path, now time.Time) []byte {
	if now.Sub(p.askedAt) < leastPause {
		return nil
	}
	if !p.waits {
		p.asked, p.waits = stun.NewTransactionID(), true
	}
	m, err := stun.Build(
		stun.BindingRequest, stun.NewTransactionIDSetter(p.asked), stun.NewUsername(c.theirs.user+":"+c.ours.user),
		ice.AttrControlled(c.tieBreaker), ice.PriorityAttr(checkPriority),
		stun.NewShortTermIntegrity(c.theirs.password), stun.Fingerprint)
	if err != nil || !p.open.Load() && (c.claims.taken(p.address, c, now) || !p.spend(len(m.Raw))) {
		return nil
	}
	p.askedAt = now
	return m.Raw
}

// answered takes a response: that to our request opens the path. It returns the
// nomination that has waited for it, if there is one.
func (c *consent) answered(m *stun.Message, from netip.AddrPort, now time.Time) (held []byte) {
	c.mu.Lock()
	p := c.paths[from]
	right := p != nil && !c.over && p.waits && p.asked == m.TransactionID && stun.NewShortTermIntegrity(c.theirs.password).Check(m) == nil
	if !right {
		c.mu.Unlock()
		return nil
	}
	p.waits, p.repeats, p.answered = false, 0, now
	p.open.Store(true)
	c.claims.put(from, c, now)
	if now.Sub(p.heldAt) < checkIsHeld {
		held = p.held
	}
	p.held = nil
	p.schedule(now, p == c.selected)
	c.hasten(p)
	selected := p == c.selected
	c.mu.Unlock()
	if selected {
		c.ready()
	}
	return held
}

// checked takes a check of the client's. It returns false for one that is not for pion
// yet, and a request that is to be sent to where it came from; nil: none.
func (c *consent) checked(via *consentConn, m *stun.Message, from netip.AddrPort, now time.Time) (pass bool, request []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.paths[from]
	if p != nil && p != c.selected { // whose end is the clock's to see
		c.expire(p, now)
	}
	if p != nil && p.open.Load() {
		p.via = via
		return true, nil
	}
	if c.over || !c.knows(m) || c.claims.taken(from, c, now) || p == nil && !c.addresses.Allow(now) {
		return false, nil
	}
	if p == nil {
		p = &path{address: from}
		c.paths[from] = p
	}
	p.via = via
	p.credit.Add(perByte * int64(len(m.Raw)))
	if pass = !c.consents() || !nominates(m); !pass && len(m.Raw) <= maxPacket {
		p.held, p.heldAt = m.Raw, now
	}
	if !p.waits {
		p.repeats = 0
	}
	request = c.ask(p, now)
	p.schedule(now, p == c.selected)
	c.hasten(p)
	return pass, request
}

// knows reports whether who made a check knows our password. It runs under mu.
func (c *consent) knows(m *stun.Message) bool {
	name, err := m.Get(stun.AttrUsername)
	if err != nil || c.ours.password == "" {
		return false
	}
	user, _, _ := bytes.Cut(name, []byte(":"))
	return string(user) == c.ours.user && stun.NewShortTermIntegrity(c.ours.password).Check(m) == nil
}

// nominates reports whether pion takes a check as a choice of its path.
func nominates(m *stun.Message) bool {
	return m.Contains(stun.AttrUseCandidate) || m.Contains(ice.DefaultNominationAttribute)
}
