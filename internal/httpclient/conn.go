package httpclient

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"sync"
	"syscall"
	"time"
)

// conn is a connection to a server. One request at a time uses it.
type conn struct {
	net.Conn
	look   *look // nil: the connection has no socket that can be looked at
	to     address
	pool   *pool
	secure bool // Conn is a *tls.Conn
	kept   bool // an earlier request has used it
	used   time.Time

	onEnd     func() // interrupt, of which each mention would take memory
	maxHeader int
	left      int64  // bytes that may still be read of what is being read
	read      int64  // bytes of the response
	unsent    []byte // a request that is written by the first read of its response
	failed    error  // of writing the request
}

func newConn(c net.Conn, p *pool, to address, maxHeader int) *conn {
	own := &conn{Conn: c, to: to, pool: p, maxHeader: maxHeader}
	own.onEnd = own.interrupt
	if system, ok := c.(syscall.Conn); ok {
		if raw, err := system.SyscallConn(); err == nil {
			own.look = newLook(raw)
		}
	}
	return own
}

// past is a deadline that ends reads and writes at once.
var past = time.Unix(1, 0)

// readers and requests are for exchanges: an idle connection has no buffers.
var (
	readers  = sync.Pool{New: func() any { return bufio.NewReader(nil) }}
	requests = sync.Pool{New: func() any { return new(bytes.Buffer) }}
)

// exchange writes a request and reads the response as far as its header. The
// connection goes back to its pool when the response's body has been read, or is
// closed.
func (c *conn) exchange(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	c.read = 0
	stop := context.AfterFunc(ctx, c.onEnd)
	response, reader, err := c.ask(req)
	if err != nil {
		stop()
		c.Close()
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return nil, err
	}
	b := body{from: response.Body, conn: c, reader: reader, ctx: ctx, stop: stop, reusable: !response.Close && c.look != nil}
	if response.Body == http.NoBody {
		b.end(io.EOF)
		return response, nil
	}
	response.Body = &b
	return response, nil
}

// ask writes a request. If that fails, the server may have answered before it
// closed the connection.
func (c *conn) ask(req *http.Request) (*http.Response, *bufio.Reader, error) {
	failed := c.write(req)
	reader := readers.Get().(*bufio.Reader)
	reader.Reset(c)
	c.left = int64(c.maxHeader)
	response, err := c.header(reader, req)
	if err == nil && failed != nil {
		response.Close = true
	}
	if err != nil {
		reader.Reset(nil)
		readers.Put(reader)
		if failed != nil {
			err = failed
		}
		return nil, nil, err
	}
	return response, reader, nil
}

// write sends a request by one write.
func (c *conn) write(req *http.Request) error {
	text := requests.Get().(*bytes.Buffer)
	defer requests.Put(text)
	text.Reset()
	if err := req.Write(text); err != nil {
		return err
	}
	_, err := c.Conn.Write(text.Bytes())
	return err
}

// header reads responses until one is final: RFC 9110 §15.2. The caller has set the
// bound of the header fields of all.
func (c *conn) header(reader *bufio.Reader, req *http.Request) (*http.Response, error) {
	for {
		response, err := http.ReadResponse(reader, req)
		switch {
		case err != nil && c.left <= 0:
			return nil, fmt.Errorf("the header fields of the response have more than %d bytes", c.maxHeader)
		case err != nil:
			return nil, err
		case response.StatusCode < 100:
			return nil, fmt.Errorf("the response has the status %d", response.StatusCode)
		case response.StatusCode == http.StatusSwitchingProtocols:
			return nil, errors.New("the response is 101, but the request has no Upgrade")
		case response.StatusCode >= 200:
			c.left = math.MaxInt64
			return response, nil
		}
	}
}

// ended reports whether the server of an idle connection has closed it, or has said what
// nobody asked for.
func (c *conn) ended() bool { return c.look != nil && !c.look.isEmpty() }

// silent reports whether the server has said nothing since the last response. It
// does not wait.
func (c *conn) silent() bool {
	if c.look == nil || !c.look.isEmpty() {
		return false
	}
	if !c.secure {
		return true
	}
	// The TLS connection may hold records that came with the last response.
	_ = c.SetReadDeadline(past)
	_, err := c.Conn.Read(make([]byte, 1))
	return errors.Is(err, os.ErrDeadlineExceeded) && c.SetReadDeadline(time.Time{}) == nil
}

// Read bounds what is read, and counts it.
func (c *conn) Read(into []byte) (int, error) {
	if c.left <= 0 {
		return 0, io.EOF
	}
	if int64(len(into)) > c.left {
		into = into[:c.left]
	}
	n, err := c.receive(into)
	c.left -= int64(n)
	c.read += int64(n)
	return n, err
}

// lost reports whether a kept connection ended before the response began, neither
// by a time limit nor by the sender.
func (c *conn) lost(ctx context.Context, err error) bool {
	var limit net.Error
	return c.kept && c.read == 0 && ctx.Err() == nil && !(errors.As(err, &limit) && limit.Timeout())
}
