package httpclient

import (
	"bufio"
	"context"
	"errors"
	"io"
	"sync"
)

// errClosed is what Read returns after Close, as net/http's does.
var errClosed = errors.New("read on a closed response body")

// body is a response's body. Its end decides whether the connection is kept.
type body struct {
	from     io.ReadCloser
	conn     *conn
	reader   *bufio.Reader
	ctx      context.Context // of the request
	stop     func() bool     // ends the watch of ctx
	reusable bool            // the response does not end the connection

	mu  sync.Mutex
	err error // what Read returns once the body has ended

	owner  sync.Mutex // held around what follows, also while Read waits
	closed bool       // Close has ended the connection, or will
	gone   bool       // the connection may be another request's
}

// Read implements io.Reader.
func (b *body) Read(into []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.from.Read(into)
	if err != nil {
		if err != io.EOF && b.ctx.Err() != nil {
			err = context.Cause(b.ctx)
		}
		b.end(err)
	}
	return n, err
}

// Close implements io.Closer. A body that has not been read to its end ends its
// connection: what is left of it must not be taken for the next response.
func (b *body) Close() error {
	if !b.mu.TryLock() { // Read waits for the server
		b.owner.Lock()
		if b.closed = true; !b.gone {
			_ = b.conn.SetDeadline(past)
		}
		b.owner.Unlock()
		b.mu.Lock()
	}
	defer b.mu.Unlock()
	if b.err == nil {
		b.end(errClosed)
	}
	return nil
}

// end keeps the connection if the whole response has been read, and nothing else.
func (b *body) end(err error) {
	b.err = err
	watched := b.stop() // false: ctx has ended, and with it the connection
	whole := err == io.EOF && b.reader.Buffered() == 0
	b.reader.Reset(nil)
	readers.Put(b.reader)
	b.reader = nil
	b.owner.Lock()
	b.gone = true
	closed := b.closed
	b.owner.Unlock()
	if whole && watched && b.reusable && !closed {
		b.conn.pool.put(b.conn)
		return
	}
	b.conn.Close()
}
