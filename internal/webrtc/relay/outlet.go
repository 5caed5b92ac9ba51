package relay

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"github.com/pion/turn/v5"

	"github.com/switchhook/switchhook/internal/listen"
	"github.com/switchhook/switchhook/internal/ratelimit"
)

// outlet is the socket of an allocation. It sends to our media and hears of nobody else:
// pion checks the address of a peer, and this the port, and how much goes through.
type outlet struct {
	*net.UDPConn
	server *Server
	user   string
	up     *ratelimit.Bucket // towards us, in units
	down   *ratelimit.Bucket

	mu    sync.Mutex // held around memory
	peers []netip.Addr
}

// maxPeers bounds the addresses of our media that one allocation sends to.
const maxPeers = 64

// unit is what one token of a bucket lets pass, in bytes.
const unit = 512

// userRate is what one allocation carries in each direction: 8 Mbit/s.
var userRate = ratelimit.Rate{PerSecond: 8e6 / 8 / unit, Burst: 1 << 20 / unit}

// Errors of allocations, which pion answers with 508 (RFC 8656 §7.2).
var (
	errOnlyUDP = errors.New("we relay UDP alone")
	errFull    = errors.New("there are too many allocations")
	errNoMedia = errors.New("we have no media of that family of addresses")
)

// Validate implements turn.RelayAddressGenerator.
func (s *Server) Validate() error { return nil }

// AllocatePacketConn implements turn.RelayAddressGenerator.
func (s *Server) AllocatePacketConn(asked turn.AllocateListenerConfig) (net.PacketConn, net.Addr, error) {
	if asked.UserID == "" || asked.RequestedPort != 0 { // EVEN-PORT: nobody needs that
		return nil, nil, errOnlyUDP
	}
	host := s.cfg.Media.Addr()
	if want := asked.Network; want == "udp4" && !host.Is4() && !host.IsUnspecified() || want == "udp6" && host.Is4() {
		return nil, nil, errNoMedia
	}
	if !s.users.enter(asked.UserID, s.cfg.PerUser, s.cfg.Allocations) {
		return nil, nil, errFull
	}
	if host.IsUnspecified() && asked.Network == "udp4" {
		host = netip.IPv4Unspecified()
	}
	host = s.outside(host)
	socket, err := listen.PacketsOfThisMachine(context.Background(), asked.Network, netip.AddrPortFrom(host, 0).String())
	if err != nil {
		s.users.leave(asked.UserID)
		return nil, nil, err
	}
	o := &outlet{
		UDPConn: socket.(*net.UDPConn), server: s, user: asked.UserID,
		up: ratelimit.NewBucket(userRate), down: ratelimit.NewBucket(userRate),
	}
	s.note(o)
	return o, &net.UDPAddr{IP: s.shown(host).AsSlice(), Port: o.LocalAddr().(*net.UDPAddr).Port}, nil
}

// AllocateListener implements turn.RelayAddressGenerator: no TCP (RFC 6062).
func (s *Server) AllocateListener(turn.AllocateListenerConfig) (net.Listener, net.Addr, error) {
	return nil, nil, errOnlyUDP
}

// AllocateConn implements turn.RelayAddressGenerator.
func (s *Server) AllocateConn(turn.AllocateConnConfig) (net.Conn, error) { return nil, errOnlyUDP }

// WriteTo sends a packet of the client to our media. What does not pass is dropped, as a
// network does.
func (o *outlet) WriteTo(p []byte, to net.Addr) (int, error) {
	peer, ok := to.(*net.UDPAddr)
	if !ok || peer.Port != int(o.server.cfg.Media.Port()) || !o.passes(o.up, len(p)) {
		return len(p), nil
	}
	address := peer.AddrPort().Addr().Unmap()
	if address == o.server.cfg.Public { // we do not depend on a NAT that sends it back to us
		address = o.server.behindPublic()
	}
	o.note(address)
	return o.UDPConn.WriteToUDPAddrPort(p, netip.AddrPortFrom(address, o.server.cfg.Media.Port()))
}

// note remembers where the client sends to: our media answers from there. pion has asked
// whether it is our media's.
func (o *outlet) note(to netip.Addr) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !slices.Contains(o.peers, to) && len(o.peers) < maxPeers {
		o.peers = append(o.peers, to)
	}
}

// hears reports whether a packet may be one of our media's. What strangers send to the
// port takes nothing of the bandwidth, whatever port they send it from.
func (o *outlet) hears(from netip.AddrPort) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return from.Port() == o.server.cfg.Media.Port() && slices.Contains(o.peers, from.Addr().Unmap())
}

// ReadFrom waits for a packet of our media.
func (o *outlet) ReadFrom(p []byte) (int, net.Addr, error) {
	for {
		n, from, err := o.UDPConn.ReadFromUDPAddrPort(p)
		if err != nil {
			return 0, nil, err
		}
		address := from.Addr().Unmap()
		if !o.hears(from) || !o.passes(o.down, n) {
			continue
		}
		if o.server.cfg.Public.IsValid() && address == o.server.behindPublic() {
			address = o.server.cfg.Public
		}
		return n, &net.UDPAddr{IP: address.AsSlice(), Port: int(from.Port())}, nil
	}
}

// passes takes what a packet costs.
func (o *outlet) passes(own *ratelimit.Bucket, bytes int) bool {
	now := time.Now()
	for sent := 0; sent < bytes; sent += unit {
		if !own.Allow(now) || !o.server.all.Allow(now) {
			o.server.dropped.Add(1)
			return false
		}
	}
	return true
}

// Close is the end of the allocation.
func (o *outlet) Close() error {
	o.server.forget(o)
	return o.UDPConn.Close()
}
