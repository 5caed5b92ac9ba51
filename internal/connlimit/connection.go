package connlimit

import (
	"container/list"
	"context"
	"net"
	"net/http"
	"net/netip"
)

// Connection is one that is counted.
//
//	waiting → serving → waiting
//	          serving → handedOver      (a WebSocket)
//	(any)             → closed
//
// waiting is without a request: before the first one (also in the handshake of TLS,
// and while its head has not arrived), and between two.
type Connection struct {
	limit  *Limit
	socket net.Conn
	source netip.Addr
	exempt bool // from the limit of its source

	// Guarded by limit.
	state     state
	onReserve bool // taken beyond the limit, for probes alone
	proven    bool // has sent valid credentials
	queue     *queue
	place     *list.Element
}

type state uint8

const (
	waiting state = iota
	serving
	handedOver
	closed
)

// The kinds of connections that may leave, in this order. A stranger's request is
// answered at once, so one that goes on for long holds the connection on purpose.
const (
	strangerWaiting = iota
	strangerServing
	provenWaiting
	kinds
)

// kind is the kind of a connection that may leave. One with credentials that carries a
// request stays, and so does a WebSocket, which package sip bounds.
func (c *Connection) kind() (kind int, may bool) {
	switch {
	case c.proven && c.state == waiting:
		return provenWaiting, true
	case c.proven:
		return 0, false
	case c.state == waiting:
		return strangerWaiting, true
	}
	return strangerServing, true
}

// enter notes what a connection does now.
func (c *Connection) enter(to state) {
	l := c.limit
	l.mu.Lock()
	defer l.mu.Unlock()
	if c.state == closed || c.state == to {
		return
	}
	if to == closed {
		l.drop(c)
		return
	}
	c.state = to
	switch {
	case c.onReserve: // may leave at any time
	case to == handedOver:
		l.prove(c)
	default:
		l.settle(c)
	}
}

// prove notes that a connection is no stranger's any more.
func (l *Limit) prove(c *Connection) {
	if c.state == closed || c.proven || c.onReserve {
		return
	}
	c.proven = true
	l.forgetStranger(c)
	l.settle(c)
}

type connectionKey struct{}

// Watch lets a server tell which connections carry requests.
func Watch(server *http.Server) {
	server.ConnState = func(conn net.Conn, now http.ConnState) {
		c := connectionOf(conn)
		if c == nil {
			return
		}
		switch now {
		case http.StateActive:
			c.enter(serving)
		case http.StateIdle:
			c.enter(waiting)
		case http.StateHijacked:
			c.enter(handedOver)
		}
	}
	server.ConnContext = func(ctx context.Context, conn net.Conn) context.Context {
		return context.WithValue(ctx, connectionKey{}, connectionOf(conn))
	}
}

// connectionOf finds what is counted of a connection, below TLS or not; nil: nothing.
func connectionOf(conn net.Conn) *Connection {
	if above, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = above.NetConn()
	}
	if counted, ok := conn.(*countedConn); ok {
		return counted.counted
	}
	return nil
}

// NoteCredentials notes that the request of ctx had valid credentials: its connection is
// no stranger's any more.
func NoteCredentials(ctx context.Context) {
	if c, _ := ctx.Value(connectionKey{}).(*Connection); c != nil {
		c.limit.mu.Lock()
		defer c.limit.mu.Unlock()
		c.limit.prove(c)
	}
}

// IsReserve reports whether the request of ctx came over a connection beyond the limit,
// which is for probes alone.
func IsReserve(ctx context.Context) bool {
	c, _ := ctx.Value(connectionKey{}).(*Connection)
	return c != nil && c.onReserve // which does not change
}
