package sip

import (
	"context"
	"net/netip"
	"time"

	"github.com/switchhook/switchhook/internal/trunk"
)

// steadyFor is for how long a connection lives at least that its peer does not close because
// of a REGISTER, as some do after each.
const steadyFor = 2 * time.Minute

// rest waits for the next attempt. It comes earlier where the connection closes over which
// the trunk may call us (RFC 5626 §4.2.1): at once after some time, and ever later where that
// follows each REGISTER. It returns false once ctx is done.
func (r *registrationClient) rest(ctx context.Context, wait time.Duration) bool {
	began, broke := time.Now(), false
	next := time.NewTimer(wait)
	defer next.Stop()
	var keepAlive <-chan time.Time
	if r.trunk.Transport == trunk.UDP && r.place.IsValid() {
		ticker := time.NewTicker(r.set.server.cfg.flowKeepAlive)
		defer ticker.Stop()
		keepAlive = ticker.C
	}
	for {
		select {
		case <-keepAlive:
			r.keepNATOpen()
		case <-next.C:
			if !broke { // breaks of long ago delay nothing
				r.breaks = 0
			}
			return true
		case <-r.broken:
			broke = true
			if r.failures > 0 { // the next attempt comes anyway, when it may
				continue
			}
			lasted := time.Since(began)
			if r.breaks++; lasted >= steadyFor {
				r.breaks = 1
			}
			if soon := max(registerBackoff(r.set.server.cfg.RegisterRetry).Delay(r.breaks)-lasted, 0); soon < wait-lasted {
				next.Reset(soon)
				r.tellNext(time.Now().Add(soon))
			}
		case <-ctx.Done():
			return false
		}
	}
}

// keepNATOpen sends an empty line over UDP to where we are registered: a NAT between us would
// forget within a minute or two where the trunk's calls go (RFC 4787 §4.3).
func (r *registrationClient) keepNATOpen() {
	if _, err := r.set.server.udp.WriteToUDPAddrPort([]byte("\r\n\r\n"), r.place); err != nil {
		r.set.server.log.Debug("keep-alive to a trunk was not sent", "trunk", r.trunk.Name, "error", err)
	}
}

func (r *registrationClient) tellNext(at time.Time) {
	r.set.mu.Lock()
	r.status.Next = at
	r.set.mu.Unlock()
}

// watchConnection has the end of the connection to a place told, from before the REGISTER
// that goes over it.
func (r *registrationClient) watchConnection(place netip.AddrPort) {
	if r.trunk.Transport == trunk.UDP {
		return
	}
	r.set.mu.Lock()
	r.flow = place
	select {
	case <-r.broken: // the connection before, as to an address that was tried in vain
	default:
	}
	r.set.mu.Unlock()
}

// connectionClosed tells the registrations that go over a connection to a peer.
func (r *registrationClients) connectionClosed(peer netip.AddrPort) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, known := range r.byTrunk {
		if known.flow != peer {
			continue
		}
		known.flow = netip.AddrPort{}
		select {
		case known.broken <- struct{}{}:
		default:
		}
	}
}
