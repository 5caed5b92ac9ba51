package trunk

import (
	"net/netip"
	"slices"
)

// Inbound returns the trunk that callers with a user name may call in as, once
// they have shown its password.
func (t *Table) Inbound(username string) (*Trunk, bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	found, ok := t.inbound[username]
	return found, ok
}

// Authenticates reports whether any trunk lets callers in by credentials.
func (t *Table) Authenticates() bool {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return len(t.inbound) > 0
}

// From returns the trunk that an address may call in as; false is a stranger.
// Where several trunks allow it, the one with the narrowest source wins.
func (t *Table) From(address netip.Addr) (*Trunk, bool) {
	return t.FromBest(address, func(*Trunk) int { return 0 })
}

// FromBest is From where several trunks have the same source, as accounts at one provider do:
// the first of these that has the highest rank wins.
func (t *Table) FromBest(address netip.Addr, rank func(*Trunk) int) (*Trunk, bool) {
	address = address.Unmap().WithZone("")
	t.mu.RLock()
	defer t.mu.RUnlock()
	var best *Trunk
	narrowest, highest := -1, 0
	for _, trunk := range t.trunks {
		bits := t.sourceBits(address, trunk)
		if bits < 0 || bits < narrowest {
			continue
		}
		if place := rank(trunk); bits > narrowest || place > highest {
			best, narrowest, highest = trunk, bits, place
		}
	}
	return best, best != nil
}

// sourceBits is how many bits of an address the narrowest source gives by which it may call in
// as a trunk; -1: it may not. The caller holds mu.
func (t *Table) sourceBits(address netip.Addr, as *Trunk) int {
	bits := -1
	for _, source := range as.Sources {
		if source.Bits() > bits && source.Contains(address) {
			bits = source.Bits()
		}
	}
	if len(as.Sources) == 0 && slices.Contains(t.resolved[as], address) {
		bits = address.BitLen()
	}
	return bits
}

// Has reports whether an address is one of the trunk of a name.
func (t *Table) Has(address netip.Addr, name string) bool {
	address = address.Unmap().WithZone("")
	t.mu.RLock()
	defer t.mu.RUnlock()
	return slices.ContainsFunc(t.trunks, func(trunk *Trunk) bool { return trunk.Name == name && t.belongs(address, trunk) })
}

// Knows reports whether an address belongs to any trunk: as one that may call
// in, or as one that we call and that answers.
func (t *Table) Knows(address netip.Addr) bool {
	if _, ok := t.From(address); ok {
		return true
	}
	address = address.Unmap().WithZone("")
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, trunk := range t.trunks {
		if slices.Contains(t.resolved[trunk], address) {
			return true
		}
	}
	return false
}

// Reaches reports whether a host, an address or a name, is one of a trunk that has the
// address: among its sources, or as its host or domain.
func (t *Table) Reaches(address netip.Addr, host string) bool {
	address = address.Unmap().WithZone("")
	other, err := netip.ParseAddr(host)
	other = other.Unmap().WithZone("")
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, trunk := range t.trunks {
		if !t.belongs(address, trunk) {
			continue
		}
		if err == nil && t.belongs(other, trunk) || err != nil && (SameHost(host, trunk.Host) || SameHost(host, trunk.Domain)) {
			return true
		}
	}
	return false
}

// belongs reports whether an address is a trunk's: its host has it, or it is among its
// sources. The caller holds mu.
func (t *Table) belongs(address netip.Addr, to *Trunk) bool {
	return slices.Contains(t.resolved[to], address) || slices.ContainsFunc(to.Sources, func(p netip.Prefix) bool { return p.Contains(address) })
}
