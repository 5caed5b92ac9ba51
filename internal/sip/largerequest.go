package sip

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/expiring"
	"github.com/switchhook/switchhook/internal/sip/transaction"
	"github.com/switchhook/switchhook/internal/trunk"
)

// A request of more than maxDatagram bytes goes over TCP although its trunk is
// one of UDP: fragments get lost in firewalls (RFC 3261 §18.1.1). Where nobody
// listens for TCP it goes in fragments all the same.
const (
	maxDatagram    = 1300
	largeWait      = 2 * time.Second // for the connection
	tcpRefusalLife = 10 * time.Minute
	maxTCPRefusals = 1024
)

// tcpRefusals are the addresses that refused TCP, or left an INVITE over it without any
// reply, so that not each large INVITE waits for that.
type tcpRefusals = *expiring.Map[netip.AddrPort, struct{}]

func newTCPRefusals() tcpRefusals {
	return expiring.New(expiring.Config[netip.AddrPort, struct{}]{TTL: tcpRefusalLife, Entries: maxTCPRefusals})
}

// tooLarge reports whether an INVITE should go over TCP instead.
func (l *leg) tooLarge(request *sip.Request) bool {
	if l.trunk == nil || l.trunk.Transport != trunk.UDP || l.dialog.transport != "UDP" || len(transaction.Encode(request)) <= maxDatagram {
		return false
	}
	_, refused := l.server.noTCP.Get(l.out.place, time.Now())
	return !refused
}

// overTCP connects to the place beside the leg and writes the INVITE anew, for
// TCP or, where that fails, for UDP.
func (l *leg) overTCP() {
	via, place := *l.trunk, l.out.place
	via.Transport = trunk.TCP
	l.out.invite = nil // nothing is under way that could be cancelled
	l.out.reused = l.server.hasConnection("TCP", place.String())
	l.server.work.Go(func() {
		ctx, cancel := context.WithTimeout(l.ctx, largeWait)
		defer cancel()
		err := l.server.connect(ctx, &via, place)
		if err != nil && l.ctx.Err() == nil {
			l.server.noTCP.Put(place, struct{}{}, time.Now())
		}
		l.post(func() {
			if l.phase != early || l.leaving != nil || l.out.invite != nil || l.out.place != place {
				return
			}
			if err != nil {
				l.log.Info("large INVITE sent over UDP: the trunk accepts no TCP connection", "error", err)
			} else {
				l.dialog.transport = "TCP"
			}
			l.invite()
		})
	})
}

// isOverTCP reports whether the INVITE under way went over TCP although its trunk is one of UDP.
func (l *leg) isOverTCP() bool {
	return l.trunk != nil && l.trunk.Transport == trunk.UDP && l.dialog.transport == "TCP"
}

// overUDPAfterAll calls the place again over UDP where TCP has carried an INVITE to nobody:
// carriers have proxies, and firewalls, that accept connections and leave it at that. It
// returns false where that is not so: who has answered 1xx over TCP has the call. err is why there
// was no answer; nil: it has taken too long.
func (l *leg) overUDPAfterAll(err error) bool {
	attempt := l.out.invite
	if !l.isOverTCP() || attempt == nil || attempt.state != inviteCalling || l.leaving != nil {
		return false
	}
	l.timers.stop(timerNoReply)
	l.out.places = slices.Insert(l.out.places, 0, l.out.place)
	if l.out.reused && errors.Is(err, transaction.ErrTransport) { // it had been closed, as idle ones are: that says nothing of another
		return l.startNextTrunk()
	}
	l.server.noTCP.Put(l.out.place, struct{}{}, time.Now())
	l.log.Info("large INVITE is sent again over UDP: the trunk accepted a TCP connection and did not reply over it")
	return l.startNextTrunk()
}
