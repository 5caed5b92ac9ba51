package sip

import (
	"context"
	"net/netip"
	"slices"

	"github.com/switchhook/switchhook/internal/trunk"
)

// placesOf are the places at which calls of a trunk are tried, the best first: where we are
// registered, as another address of the trunk may know nothing of that and refuse them, then
// those that the name service has now. One that has not answered lately is last all the same.
func (s *Server) placesOf(ctx context.Context, t *trunk.Trunk) ([]netip.AddrPort, error) {
	found, err := s.locator.find(ctx, t)
	at := s.registering.placeOf(t)
	if err != nil || !at.IsValid() {
		return found, err
	}
	if !slices.Contains(found, at) { // such as a name with one address at a time
		found = append(found, at)
	}
	return s.locator.preferring(t, found, at), nil
}

// preferring moves a place of a trunk to the front, if it is among them and not silent.
func (l *locator) preferring(t *trunk.Trunk, places []netip.AddrPort, best netip.AddrPort) []netip.AddrPort {
	i := slices.Index(places, best)
	if i < 0 {
		return places
	}
	places = slices.Insert(slices.Delete(places, i, i+1), 0, best)
	l.silent.putLast(t, places)
	return places
}

// placeOf is where we are registered with a trunk; zero: nowhere.
func (r *registrationClients) placeOf(t *trunk.Trunk) netip.AddrPort {
	if t.Register == nil {
		return netip.AddrPort{}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	known := r.byTrunk[t.Name]
	if known == nil || !isSameAccount(known.trunk, t) {
		return netip.AddrPort{}
	}
	return known.place
}

// registeredAt notes where we are registered now.
func (r *registrationClient) registeredAt(place netip.AddrPort) {
	r.set.mu.Lock()
	r.place = place
	r.set.mu.Unlock()
}
