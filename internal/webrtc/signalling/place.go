package signalling

import (
	"net"
	"net/netip"
	"slices"
	"time"
)

// place is what a socket takes of the bounds on sockets:
//
//	stranger → known     (it has said who it is, or was refused)
//	stranger → displaced (it made room for another)
//
// From each it leaves.
type place struct {
	server       *Server
	subnet, site netip.Addr
	local        bool // the socket is of this machine

	// Guarded by the server's mu.
	stranger  bool
	displaced bool
	conn      net.Conn // of a stranger that is read
}

// await lets a stranger be read for so long; false where it has made room already.
func (p *place) await(conn net.Conn, until time.Time) bool {
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	if p.displaced {
		return false
	}
	p.conn = conn
	return conn.SetReadDeadline(until) == nil
}

// displace ends the reading of a stranger, which makes room for another. It runs under
// the server's mu.
func (p *place) displace() {
	p.forget()
	p.displaced = true
	if p.conn != nil {
		_ = p.conn.SetReadDeadline(past) // fails where the connection has ended
	}
}

// past is a time that is over.
var past = time.Unix(1, 0)

// known ends the time of a socket as a stranger. It returns false where it has made room
// for another.
func (p *place) known() bool {
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	p.forget()
	return !p.displaced
}

// forget takes the place off the strangers' list. It runs under the server's mu.
func (p *place) forget() {
	if !p.stranger {
		return
	}
	p.stranger = false
	if at := slices.Index(p.server.strangers, p); at >= 0 {
		p.server.strangers = slices.Delete(p.server.strangers, at, at+1)
	}
}

// leave gives the place back.
func (p *place) leave() {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	p.forget()
	if s.byAddress[p.subnet]--; s.byAddress[p.subnet] == 0 {
		delete(s.byAddress, p.subnet)
	}
}
