package server

import (
	"time"

	"github.com/switchhook/switchhook/internal/admin"
	"github.com/switchhook/switchhook/internal/sip"
	"github.com/switchhook/switchhook/internal/siprouting"
	"github.com/switchhook/switchhook/internal/trunk"
)

// trunkLink tells the administration what SIP knows of a trunk.
func (p *parts) trunkLink(name string) admin.Link {
	link := admin.Link{State: string(sip.Unknown)}
	if health, ok := p.phones.Health(name); ok {
		link.State, link.Answer, link.Answered, link.Heard = string(health.State), health.Answer, health.AnsweredAt, health.OptionsAt
	}
	if r := p.phones.TrunkRegistration(name); r.State != "" {
		link.Registration = &admin.TrunkRegistration{User: r.User, State: string(r.State), Answer: r.Answer, Since: r.Since, Until: r.Until, Next: r.Next, Associated: r.Associated}
	}
	return link
}

// trunkWatch tells the SIP routing API the state of trunks.
type trunkWatch struct{ p *parts }

// recentPing is for how long a trunk's own OPTIONS count as a sign of life.
const recentPing = 5 * time.Minute

// Health is what we know of a trunk, in the API's words. A trunk that nobody asks
// and that has not asked is unknown.
func (w trunkWatch) Health(name string) siprouting.TrunkHealth {
	found := siprouting.TrunkHealth{TLS: siprouting.Unknown, Ping: siprouting.Unknown, Overall: siprouting.Unknown}
	if w.p.phones == nil {
		return found
	}
	health, ok := w.p.phones.Health(name)
	line := w.p.phones.TrunkRegistration(name)
	switch {
	case !ok:
	case health.State == sip.Inactive:
		found.Ping, found.Overall, found.Reason = siprouting.Failing, siprouting.Inactive, "noRecentPings"
	case line.State == sip.NotRegistered:
		found.Overall = siprouting.Inactive
	case health.State == sip.Online, line.State == sip.Registered, time.Since(health.OptionsAt) < recentPing:
		found.Ping, found.Overall = siprouting.OK, siprouting.Active
	case !health.OptionsAt.IsZero():
		found.Ping = siprouting.Expired
	}
	if found.Overall == siprouting.Active && w.overTLS(name) {
		found.TLS = siprouting.OK
	}
	return found
}

func (w trunkWatch) overTLS(name string) bool {
	for _, t := range w.p.trunks.Trunks() {
		if t.Name == name {
			return t.Transport == trunk.TLS
		}
	}
	return false
}
