package httpclient

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
)

// errSpoke is of a kept connection on which the server has said what nobody asked for,
// or which it has closed. Nothing was written.
var errSpoke = errors.New("the server has ended the connection, or has spoken before the request")

// asksInOnePass reports whether a request is written, and its response waited for, by look.ask.
// A TLS connection does not: a request is a record there.
func (c *conn) asksInOnePass() bool { return c.look != nil && !c.secure }

// send writes a request. Where that is one pass with the wait for the response, the
// beginning of the response is in the reader then. It returns errSpoke or nil; other errors
// are in c.failed, and of the next read.
func (c *conn) send(request []byte, reader *bufio.Reader) error {
	if !c.asksInOnePass() {
		_, c.failed = c.Conn.Write(request)
		return nil
	}
	c.unsent = request
	if _, err := reader.Peek(1); err == errSpoke {
		return err
	}
	return nil
}

// receive reads from the connection, after it has written the request that is unsent.
func (c *conn) receive(into []byte) (int, error) {
	if c.unsent == nil {
		return c.Conn.Read(into)
	}
	n, rest, err := c.look.ask(c.unsent, into, c.kept)
	c.unsent = nil
	if err == nil && len(rest) > 0 {
		_, c.failed = c.Conn.Write(rest)
		return c.Conn.Read(into)
	}
	if number, ok := err.(syscall.Errno); ok {
		err = &net.OpError{Op: "read", Net: "tcp", Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: os.NewSyscallError("read", number)}
	}
	if err == nil && n == 0 {
		err = io.EOF
	}
	return n, err
}
