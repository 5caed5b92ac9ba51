package sip

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/trunk"
)

// A request of more than maxDatagram bytes goes over TCP although its trunk is
// one of UDP: fragments get lost in firewalls (RFC 3261 §18.1.1). Where nobody
// listens for TCP it goes in fragments all the same.
const (
	maxDatagram = 1300
	largeWait   = 2 * time.Second // for the connection
	noTCPFor    = 10 * time.Minute
	maxNoTCP    = 1024
)

// deafToTCP remembers the places that take no TCP, so that not each large call
// has to wait for that.
type deafToTCP struct {
	mu    sync.Mutex
	until map[netip.AddrPort]time.Time
}

func (d *deafToTCP) has(place netip.AddrPort) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return time.Now().Before(d.until[place])
}

func (d *deafToTCP) note(place netip.AddrPort) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.until == nil || len(d.until) >= maxNoTCP {
		d.until = make(map[netip.AddrPort]time.Time)
	}
	d.until[place] = time.Now().Add(noTCPFor)
}

// tooLarge reports whether an INVITE should go over TCP instead.
func (l *leg) tooLarge(request *sip.Request) bool {
	return l.trunk != nil && l.trunk.Transport == trunk.UDP && l.dialog.transport == "UDP" && !l.server.noTCP.has(l.out.place) && len(request.String()) > maxDatagram
}

// overTCP connects to the place beside the leg and writes the INVITE anew, for
// TCP or, where that fails, for UDP.
func (l *leg) overTCP() {
	via, place := *l.trunk, l.out.place
	via.Transport = trunk.TCP
	l.out.invite = nil // nothing is under way that could be cancelled
	l.server.work.Go(func() {
		ctx, cancel := context.WithTimeout(l.ctx, largeWait)
		defer cancel()
		err := l.server.connect(ctx, &via, place)
		if err != nil && l.ctx.Err() == nil {
			l.server.noTCP.note(place)
		}
		l.box.put(func() {
			if l.phase != early || l.leaving != nil || l.out.invite != nil || l.out.place != place {
				return
			}
			if err != nil {
				l.log.Info("large INVITE goes over UDP: its trunk takes no TCP", "error", err)
			} else {
				l.dialog.transport = "TCP"
			}
			l.invite()
		})
	})
}
