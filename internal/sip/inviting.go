package sip

import (
	"net/netip"
	"sync"
	"sync/atomic"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/trunk"
)

// inviteState is how far an INVITE of ours has come:
//
//	calling → provisional → canceling
//
// A CANCEL waits for a provisional response (RFC 3261 §9.1).
type inviteState uint8

const (
	inviteCalling inviteState = iota
	inviteProvisional
	inviteCanceling
)

// inviting is one INVITE under way: all that its transaction refers to when the leg is
// gone.
type inviting struct {
	request *sip.Request
	account *trunk.Trunk // whose credentials branches that are hung up may ask for; nil for a telephone
	cseq    uint32
	state   inviteState
	rseq    map[string]uint32 // of each branch's ringing that we acknowledged (RFC 3262)

	givenUp atomic.Bool // it was canceled after its leg

	mu    sync.Mutex // retransmissions come on the goroutine that reads them
	tag   string     // of the branch that was answered
	ack   *sip.Request
	heard netip.AddrPort // where that branch was heard
}

// acknowledge sends the ACK of a 2xx to an INVITE of ours, and keeps it for the repetitions
// of that (RFC 3261 §13.2.2.4).
func (l *leg) acknowledge(attempt *inviting, response *sip.Response) {
	attempt.keepACK(header.ToTag(response), l.writeACK(attempt.request), l.dialog.source)
}

// keepACK keeps the ACK of the branch that was answered.
func (a *inviting) keepACK(tag string, ack *sip.Request, heard netip.AddrPort) {
	a.mu.Lock()
	a.tag, a.ack, a.heard = tag, ack, heard
	a.mu.Unlock()
}

// repeatedAnswer takes a 2xx after the first: the same once more, because our ACK got
// lost, or one of another branch of a fork.
func (a *inviting) repeatedAnswer(s *Server, response *sip.Response) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.ack == nil: // the leg is about to
	case header.ToTag(response) == a.tag:
		s.write(a.ack, a.heard)
	default:
		s.endBranch(response, a)
	}
}
