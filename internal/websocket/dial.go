package websocket

import (
	"context"
	"fmt"
	"net"
	"sync/atomic"

	"github.com/gobwas/ws"
)

// maxHandshake bounds what is read of the other side's answer to the opening handshake, in bytes. A
// dialer of package ws keeps each line of it until that ends, however long it is.
const maxHandshake = 64 << 10

var errLongHandshake = fmt.Errorf("the answer to the opening handshake has more than %d bytes", maxHandshake)

// Dial opens a WebSocket as a dialer says, but reads a bounded answer to its handshake.
func Dial(ctx context.Context, dialer ws.Dialer, address string) (*Conn, error) {
	var opening *openingConn
	dialer.WrapConn = func(conn net.Conn) net.Conn {
		if conn == nil { // there is an error instead
			return nil
		}
		opening = &openingConn{Conn: conn}
		return opening
	}
	conn, buffered, _, err := dialer.Dial(ctx, address)
	if err != nil {
		if conn != nil {
			conn.Close()
		}
		return nil, err
	}
	opening.open.Store(true)
	return New(conn, buffered), nil
}

// openingConn is a connection whose opening handshake may not be over.
type openingConn struct {
	net.Conn
	open atomic.Bool
	read int // before it was
}

// Read reads no more than a handshake may have, until it is over.
func (c *openingConn) Read(b []byte) (int, error) {
	if c.open.Load() {
		return c.Conn.Read(b)
	}
	if c.read >= maxHandshake {
		return 0, errLongHandshake
	}
	n, err := c.Conn.Read(b[:min(len(b), maxHandshake-c.read)])
	c.read += n
	return n, err
}
