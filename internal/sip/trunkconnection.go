package sip

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/trunk"
)

// dialledListener hands the connections that we made to sipgo, as if they had been
// accepted: so each trunk is checked against its own name and its own roots,
// which sipgo's single client configuration cannot do, and all are kept alive.
// sipgo pools them by the peer's address, and later requests find them there.
type dialledListener struct {
	conns    chan connHandover
	done     <-chan struct{}
	previous chan struct{} // of the connection that sipgo is taking in
	addr     net.Addr
}

// connHandover is a connection on its way into sipgo's pool; known is closed when
// it is there.
type connHandover struct {
	conn  net.Conn
	known chan struct{}
}

// Accept returns the next connection that we made. That sipgo asks for it means
// that it has taken in the one before.
func (d *dialledListener) Accept() (net.Conn, error) {
	if d.previous != nil {
		close(d.previous)
		d.previous = nil
	}
	select {
	case next := <-d.conns:
		d.previous = next.known
		return next.conn, nil
	case <-d.done:
		return nil, net.ErrClosed
	}
}

// Close does nothing: done closes it.
func (d *dialledListener) Close() error { return nil }

// Addr is what sipgo wants to know of a listener.
func (d *dialledListener) Addr() net.Addr { return d.addr }

// connect makes sure that there is a connection to a place of a trunk over TCP or
// TLS. One that broke is made anew. Many calls at once make one.
func (s *Server) connect(ctx context.Context, t *trunk.Trunk, place netip.AddrPort) error {
	transport := transportOf(t)
	if t.Transport == trunk.UDP || s.hasConnection(transport, place.String()) {
		return nil
	}
	_, err, _ := s.connecting.Do(transport+" "+place.String(), func() (any, error) {
		if s.hasConnection(transport, place.String()) {
			return nil, nil
		}
		return nil, s.dialTrunk(ctx, t, place)
	})
	return err
}

func (s *Server) dialTrunk(ctx context.Context, t *trunk.Trunk, place netip.AddrPort) error {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	dial, to := (&net.Dialer{}).DialContext, &s.dialledTCP
	if t.Transport == trunk.TLS {
		dial, to = (&tls.Dialer{Config: s.clientTLS(t)}).DialContext, &s.dialledTLS
	}
	conn, err := dial(ctx, "tcp", place.String())
	if err != nil {
		return fmt.Errorf("connect to trunk %s at %s: %w", t.Name, place, err)
	}
	next := connHandover{s.keptConns.add(conn), make(chan struct{})}
	select {
	case to.conns <- next:
	case <-ctx.Done():
		next.conn.Close()
		return context.Cause(ctx)
	}
	select {
	case <-next.known:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// clientTLS is how a trunk's certificate is checked, and what we show.
func (s *Server) clientTLS(t *trunk.Trunk) *tls.Config {
	config := &tls.Config{}
	if s.cfg.ClientTLS != nil {
		config = s.cfg.ClientTLS
	}
	config = requireTLS12(config)
	config.ServerName = t.Host
	if t.Roots != nil {
		config.RootCAs = t.Roots
	}
	return config
}

// hasConnection reports whether a connection to a peer is open.
func (s *Server) hasConnection(transport, peer string) bool {
	conn, err := s.transport.GetConnection(transport, peer)
	if err != nil {
		return false
	}
	conn.TryClose() // gives back the reference that Get took
	return true
}

// connectFor connects to where a request goes, if that is a place of the trunk.
func (s *Server) connectFor(ctx context.Context, t *trunk.Trunk, request *sip.Request) error {
	if t.Transport == trunk.UDP || request.Transport() != transportOf(t) {
		return nil
	}
	if err := s.locateTrunk(ctx, t, request); err != nil {
		return err
	}
	place, err := netip.ParseAddrPort(request.Destination())
	if err != nil { // a Contact with another name: reach finds it
		return nil
	}
	return s.connect(ctx, t, place)
}

// locateTrunk makes the trunk's own name an address, if a route or Contact leads there: the
// connection must be one that is checked by the trunk's roots. Without a port it is where
// the name service says.
func (s *Server) locateTrunk(ctx context.Context, t *trunk.Trunk, request *sip.Request) error {
	host, port, err := net.SplitHostPort(request.Destination())
	if _, noAddress := netip.ParseAddr(host); err != nil || noAddress == nil || !strings.EqualFold(host, t.Host) {
		return nil
	}
	places, err := s.placesOf(ctx, t)
	if err != nil || len(places) == 0 {
		return err
	}
	place := places[0]
	if n, err := strconv.ParseUint(port, 10, 16); err == nil && int(n) != sip.DefaultPort(string(t.Transport)) {
		place = netip.AddrPortFrom(place.Addr(), uint16(n))
	}
	request.SetDestination(place.String())
	return nil
}

// requireTLS12 is a configuration that takes TLS 1.2 at least.
func requireTLS12(config *tls.Config) *tls.Config {
	config = config.Clone()
	config.MinVersion = max(config.MinVersion, tls.VersionTLS12)
	return config
}
