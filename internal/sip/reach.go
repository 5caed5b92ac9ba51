package sip

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sip/transaction"
	"github.com/switchhook/switchhook/internal/trunk"
)

// openPeer is where a request goes, if nothing has to be waited for: its destination is an
// address and, but for UDP, the connection is open. release gives back the reference.
func (s *Server) openPeer(request *sip.Request) (transaction.Peer, bool) {
	at, err := netip.ParseAddrPort(request.Destination())
	if err != nil {
		return transaction.Peer{}, false
	}
	return s.openPeerAt(request.Transport(), at)
}

// openPeerAt is openPeer for an address.
func (s *Server) openPeerAt(transport string, at netip.AddrPort) (transaction.Peer, bool) {
	at, transport = plainIPv4(at), sip.NetworkToUpper(transport)
	if transport == "UDP" {
		return transaction.Peer{Address: at}, true
	}
	conn, err := s.transport.GetConnection(transport, at.String())
	if err != nil {
		return transaction.Peer{}, false
	}
	return transaction.Peer{Address: at, Stream: conn.(transaction.Stream)}, true
}

// datagramPeer is where a request goes over UDP, if its destination is an address.
func datagramPeer(request *sip.Request) (transaction.Peer, bool) {
	if sip.NetworkToUpper(request.Transport()) != "UDP" {
		return transaction.Peer{}, false
	}
	at, err := netip.ParseAddrPort(request.Destination())
	return transaction.Peer{Address: plainIPv4(at)}, err == nil
}

// plainIPv4 is an address of IPv4 where it is one of those; it keeps its zone.
func plainIPv4(at netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
}

// release gives back a peer's reference to its connection.
func release(to transaction.Peer) {
	if to.Stream != nil {
		to.Stream.TryClose()
	}
}

// reach finds where a request goes, and connects if that is needed. via is its trunk; nil
// for a telephone, which is reached over its flow. lookUp bounds the search for a name.
func (s *Server) reach(ctx context.Context, via *trunk.Trunk, request *sip.Request, lookUp time.Duration) (transaction.Peer, error) {
	if via != nil {
		if err := s.connectFor(ctx, via, request); err != nil {
			return transaction.Peer{}, err
		}
	}
	if to, ok := s.openPeer(request); ok {
		return to, nil
	}
	if isWebSocket(request.Transport()) {
		return transaction.Peer{}, errNoSocket
	}
	t, err := strangerAt(request)
	if err != nil {
		return transaction.Peer{}, err
	}
	if via != nil {
		t.Allow = via.Allow
	}
	looking, cancel := context.WithTimeout(ctx, lookUp)
	places, err := s.locator.find(looking, t)
	cancel()
	if err != nil {
		return transaction.Peer{}, err
	}
	if len(places) == 0 {
		return transaction.Peer{}, fmt.Errorf("%s has no address", t.Host)
	}
	if err := s.connect(ctx, t, places[0]); err != nil {
		return transaction.Peer{}, err
	}
	to, ok := s.openPeerAt(request.Transport(), places[0])
	if !ok {
		return transaction.Peer{}, fmt.Errorf("the connection to %s closed at once", places[0])
	}
	return to, nil
}

// reachPeer is reach for a request inside a dialog, whose peer was heard at an address; zero:
// nowhere yet. A name that it gives may have no address here, such as one of its own network,
// or one for services alone: then it is reached where it was heard.
func (s *Server) reachPeer(ctx context.Context, via *trunk.Trunk, request *sip.Request, heard netip.AddrPort) (transaction.Peer, error) {
	lookUp := dialTimeout
	if heard.IsValid() { // a name server that is silent must not hold up an ACK for longer
		lookUp = nameTime
	}
	to, err := s.reach(ctx, via, request, lookUp)
	if err == nil || !heard.IsValid() {
		return to, err
	}
	if there, ok := s.openPeerAt(request.Transport(), heard); ok {
		s.log.Debug("request goes to where its peer was heard", "method", request.Method, "error", err)
		return there, nil
	}
	return to, err
}

// shareOf is the part of the time that is left of a context which one of so many places may
// take to answer: one that is silent must not use up the time of the others (RFC 3263 §4.3).
func shareOf(ctx context.Context, places int) (context.Context, context.CancelFunc) {
	until, limited := ctx.Deadline()
	if !limited || places <= 1 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Until(until)/time.Duration(places))
}

// strangerAt is a trunk that is nothing but the destination of a request, as a route or a
// Contact names it.
func strangerAt(request *sip.Request) (*trunk.Trunk, error) {
	host, service, err := net.SplitHostPort(request.Destination())
	if err != nil {
		return nil, fmt.Errorf("no destination: %w", err)
	}
	port, err := strconv.ParseUint(service, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("no port in %s: %w", request.Destination(), err)
	}
	t := &trunk.Trunk{Name: host, Host: host, Port: int(port), Transport: trunk.UDP}
	switch sip.NetworkToUpper(request.Transport()) {
	case "TCP":
		t.Transport = trunk.TCP
	case "TLS":
		t.Transport = trunk.TLS
	}
	return t, nil
}

// write sends a request that no transaction carries, to a peer that was heard at an address.
func (s *Server) write(request *sip.Request, heard netip.AddrPort) {
	if to, ok := s.openPeer(request); ok {
		s.writeTo(to, request)
		return
	}
	s.work.Go(func() {
		ctx, cancel := context.WithTimeout(s.ctx, dialTimeout)
		defer cancel()
		to, err := s.reachPeer(ctx, nil, request, heard)
		if err != nil {
			s.log.Debug("request not sent", "method", request.Method, "error", err)
			return
		}
		s.writeTo(to, request)
	})
}

func (s *Server) writeTo(to transaction.Peer, request *sip.Request) {
	defer release(to)
	if err := s.sendTo(to, transaction.Encode(request)); err != nil {
		s.log.Debug("request not sent", "method", request.Method, "error", err)
	}
}
