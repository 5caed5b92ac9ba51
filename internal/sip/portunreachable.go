package sip

import (
	"bytes"
	"errors"
	"net/netip"
	"sync"

	"github.com/emiago/sipgo/sip"
)

// errPortUnreachable says that ICMP has reported a closed port. RFC 3261 §18.4
// makes the transaction fail with it.
var errPortUnreachable = errors.New("ICMP port unreachable: no program listens there")

// closedAfter is how many of the datagrams of an INVITE a closed port has to refuse.
// The second one is the first retransmission, T1 (500 ms) later: a program that is
// just starting is not missed.
const closedAfter = 2

// unansweredInvites are the INVITEs over UDP that begin a dialog and have had no
// response. An ICMP error ends them and nothing else: whoever forges one cannot
// end a call.
type unansweredInvites struct {
	mu       sync.Mutex
	byBranch map[string]*unansweredInvite
}

type unansweredInvite struct {
	to       netip.AddrPort
	refusals int
	refused  func()
}

// add enters a request and returns what removes it again. refused is called once, where
// the port is closed.
func (u *unansweredInvites) add(request *sip.Request, refused func()) (remove func()) {
	via := request.Via()
	to, err := netip.ParseAddrPort(request.Destination())
	if err != nil || via == nil || !request.IsInvite() || request.To() == nil || request.To().Params.Has("tag") || sip.NetworkToUpper(request.Transport()) != "UDP" {
		return func() {}
	}
	branch, _ := via.Params.Get("branch")
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.byBranch == nil {
		u.byBranch = make(map[string]*unansweredInvite)
	}
	u.byBranch[branch] = &unansweredInvite{to: plain(to), refused: refused}
	return func() {
		u.mu.Lock()
		delete(u.byBranch, branch)
		u.mu.Unlock()
	}
}

// unreachable takes an ICMP error about a datagram to an address. quoted is what
// the error repeats of the datagram. The branch in it, which is random, proves
// that its sender has seen the INVITE. Some systems repeat the UDP header only:
// this is believed from our own networks.
func (u *unansweredInvites) unreachable(to netip.AddrPort, quoted []byte) {
	branch, whole := quotedBranch(quoted)
	if !whole && !private(to.Addr()) {
		return
	}
	var closed []func()
	u.mu.Lock()
	for each, invite := range u.byBranch {
		if invite.to == to && (!whole || each == branch) {
			if invite.refusals++; invite.refusals == closedAfter {
				closed = append(closed, invite.refused)
				delete(u.byBranch, each)
			}
		}
	}
	u.mu.Unlock()
	for _, refused := range closed {
		refused()
	}
}

// quotedBranch is the branch of the first Via in the beginning of a message, and
// whether it is there.
func quotedBranch(message []byte) (branch string, whole bool) {
	_, rest, found := bytes.Cut(message, []byte(";branch="))
	end := bytes.IndexAny(rest, ";,\r\n ")
	if !found || end < 0 {
		return "", false
	}
	return string(rest[:end]), true
}
