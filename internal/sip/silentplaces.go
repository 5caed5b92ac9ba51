package sip

import (
	"net/netip"
	"slices"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/expiring"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/trunk"
)

// silentFor is for how long an address that has not answered comes after the other addresses
// of its trunk, so that only one call in that time waits for it.
const silentFor = time.Minute

// maxSilent bounds the addresses that are remembered.
const maxSilent = 1024

// silentPlaces are the addresses of trunks that have not answered lately, or asked to be left
// alone.
type silentPlaces struct {
	known *expiring.Map[silentPlace, struct{}]
}

// silentPlace is an address over a transport: what is closed for one may be open for another.
type silentPlace struct {
	transport trunk.Transport
	at        netip.AddrPort
}

func newSilentPlaces() silentPlaces {
	return silentPlaces{expiring.New(expiring.Config[silentPlace, struct{}]{TTL: silentFor, Entries: maxSilent})}
}

// note remembers an address of a trunk that has not answered.
func (p silentPlaces) note(t *trunk.Trunk, at netip.AddrPort) {
	p.known.Put(silentPlace{t.Transport, at}, struct{}{}, time.Now())
}

// longestLeftAlone bounds for how long an address can ask to be left alone.
const longestLeftAlone = 10 * time.Minute

// noteBusy remembers an address of a trunk that refuses with 503, and for how long it asks to be
// left alone (RFC 3261 §21.5.4); without a time it is asked again at once.
func (p silentPlaces) noteBusy(t *trunk.Trunk, at netip.AddrPort, refusal *sip.Response) {
	if wait := header.RetryAfter(refusal); refusal.StatusCode == sip.StatusServiceUnavailable && wait > 0 {
		now := time.Now()
		p.known.PutUntil(silentPlace{t.Transport, at}, struct{}{}, now, now.Add(min(wait, longestLeftAlone)))
	}
}

// putLast moves those addresses of a trunk behind the others.
func (p silentPlaces) putLast(t *trunk.Trunk, places []netip.AddrPort) {
	now := time.Now()
	isSilent := func(at netip.AddrPort) bool {
		_, ok := p.known.Get(silentPlace{t.Transport, at}, now)
		return ok
	}
	if !slices.ContainsFunc(places, isSilent) {
		return
	}
	slices.SortStableFunc(places, func(a, b netip.AddrPort) int {
		switch one, other := isSilent(a), isSilent(b); {
		case one && !other:
			return 1
		case other && !one:
			return -1
		}
		return 0
	})
}
