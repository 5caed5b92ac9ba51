package sip

import (
	"context"
	"net"
	"net/netip"
	"sync/atomic"
)

// handoverListener is a net.Listener whose connections the HTTP server accepted.
type handoverListener struct {
	conns     chan net.Conn
	done      <-chan struct{}
	addr      net.Addr
	lastLocal atomic.Pointer[netip.AddrPort] // where the last one came in
}

func (h *handoverListener) hand(ctx context.Context, conn net.Conn) bool {
	select {
	case h.conns <- conn:
		return true
	case <-h.done:
	case <-ctx.Done():
	}
	return false
}

// Accept returns the next connection.
func (h *handoverListener) Accept() (net.Conn, error) {
	select {
	case conn := <-h.conns:
		return conn, nil
	case <-h.done:
		return nil, net.ErrClosed
	}
}

// Close does nothing: done closes it.
func (h *handoverListener) Close() error { return nil }

// Addr is what sipgo wants to know of a listener.
func (h *handoverListener) Addr() net.Addr { return h.addr }
