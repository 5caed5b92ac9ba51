// Package websocket is the client's end of a WebSocket that is open (RFC 6455): to
// applications, which get the sound and the text of calls, and to speech services.
// Each message is one frame and one write: some applications read a message with a
// single receive.
package websocket

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/gobwas/ws"

	"github.com/switchhook/switchhook/internal/ratelimit"
)

// What the other side may cost.
const (
	// maxMessage bounds a message: about a minute of an application's audio at
	// 24 kHz.
	maxMessage = 4 << 20
	// stalledAfter is how long a write may take.
	stalledAfter = 5 * time.Second
	// deadAfter is how long nothing may come, not even the answer to a ping.
	deadAfter = 3 * PingEvery
	// shortFrame is the payload of a frame, in bytes, below which shortRate applies: reading it costs
	// more than it says.
	shortFrame = 64
	// keptBuffer is how much memory for messages a connection keeps.
	keptBuffer = 64 << 10
)

// shortRate is how many frames that say next to nothing may come: pings, ends of messages and
// pieces of them. A stream has some fifty messages a second.
var shortRate = ratelimit.Rate{PerSecond: 1000, Burst: 5000}

// PingEvery is how often the owner of a connection sends a ping, so that another side
// that has vanished is found.
const PingEvery = 15 * time.Second

var (
	errTooLarge = fmt.Errorf("a message has more than %d bytes", maxMessage)
	errUnframed = errors.New("the other side has sent a frame that RFC 6455 does not allow there")
	errTooShort = fmt.Errorf("more than %.0f frames of less than %d bytes came in a second", shortRate.PerSecond, shortFrame)
	errWentAway = errors.New("the other side has closed the connection")
	errNoSign   = fmt.Errorf("the other side has not answered for %v", deadAfter)
)

// Conn is an open WebSocket on which we are the client. Writers take turns; there is
// one reader.
type Conn struct {
	conn net.Conn
	in   *bufio.Reader

	mu       sync.Mutex // guards writing
	out      []byte
	patience time.Duration // how long a write may take
	promised time.Time     // until when the present deadline of writing lasts

	buf   []byte // the reader's
	short ratelimit.Bucket
	alive time.Time // until when its present deadline lasts
}

// lazily is by how much a deadline may be shorter than it should be: setting one costs
// as much as a small message, so it is not done for each.
const lazily = time.Second

// New returns the WebSocket of a connection whose opening handshake is over; in, which
// may be nil, has what was read beyond it.
func New(conn net.Conn, in *bufio.Reader) *Conn {
	if in == nil {
		in = bufio.NewReaderSize(conn, 4<<10)
	}
	c := &Conn{conn: conn, in: in, patience: stalledAfter}
	c.short.Fill(shortRate)
	return c
}

// Write sends one frame, in one write.
func (c *Conn) Write(op ws.OpCode, payload []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out = appendFrame(c.out[:0], op, payload)
	if until := time.Now().Add(c.patience); until.Sub(c.promised) > lazily || until.Before(c.promised) {
		c.promised = until
		_ = c.conn.SetWriteDeadline(until)
	}
	_, err := c.conn.Write(c.out)
	if cap(c.out) > keptBuffer {
		c.out = nil
	}
	return err
}

// Read returns the next message, text or binary, valid until the next call. It answers
// pings on the way.
func (c *Conn) Read() (ws.OpCode, []byte, error) {
	if cap(c.buf) > keptBuffer {
		c.buf = nil
	}
	message, kind := c.buf[:0], ws.OpContinuation
	for {
		header, err := c.header()
		if err != nil {
			return 0, nil, err
		}
		if header.OpCode.IsControl() {
			if err := c.control(header); err != nil {
				return 0, nil, err
			}
			continue
		}
		if (kind == ws.OpContinuation) == (header.OpCode == ws.OpContinuation) {
			return 0, nil, errUnframed
		}
		if header.OpCode != ws.OpContinuation {
			kind = header.OpCode
		}
		if message, err = c.payload(message, header); err != nil {
			return 0, nil, err
		}
		c.buf = message
		if header.Fin {
			return kind, message, nil
		}
	}
}

// GoAway tells the other side that the connection is over (§5.5.1).
func (c *Conn) GoAway() {
	c.mu.Lock()
	c.patience = time.Second
	c.mu.Unlock()
	_ = c.Write(ws.OpClose, ws.NewCloseFrameBody(ws.StatusNormalClosure, ""))
}

// Close closes the connection.
func (c *Conn) Close() error { return c.conn.Close() }

// header reads the next frame's header.
func (c *Conn) header() (ws.Header, error) {
	if until := time.Now().Add(deadAfter); until.Sub(c.alive) > lazily {
		c.alive = until
		_ = c.conn.SetReadDeadline(until)
	}
	header, err := readHeader(c.in)
	switch {
	case err == nil && (header.Masked || header.Rsv != 0): // a server does not mask, and nothing was negotiated
		return header, errUnframed
	case err == nil && header.Length < shortFrame && !c.short.Allow(time.Now()):
		return header, errTooShort
	case err == nil:
		return header, nil
	case errors.Is(err, io.EOF):
		return header, errWentAway
	case isTimeout(err):
		return header, errNoSign
	}
	return header, err
}

// payload appends a frame's payload to a message.
func (c *Conn) payload(message []byte, header ws.Header) ([]byte, error) {
	if header.Length > int64(maxMessage-len(message)) {
		return nil, errTooLarge
	}
	for left := int(header.Length); left > 0; { // memory grows with what comes, not with what is announced
		n := min(left, 16<<10)
		start := len(message)
		message = append(message, make([]byte, n)...)
		if _, err := io.ReadFull(c.in, message[start:]); err != nil {
			return nil, errWentAway
		}
		left -= n
	}
	return message, nil
}

// control handles a ping, a pong or a close (§5.5).
func (c *Conn) control(header ws.Header) error {
	if !header.Fin || header.Length > ws.MaxControlFramePayloadSize {
		return errUnframed
	}
	var payload [ws.MaxControlFramePayloadSize]byte
	if _, err := io.ReadFull(c.in, payload[:header.Length]); err != nil {
		return errWentAway
	}
	switch header.OpCode {
	case ws.OpPing:
		return c.Write(ws.OpPong, payload[:header.Length])
	case ws.OpClose:
		_ = c.Write(ws.OpClose, payload[:min(header.Length, 2)])
		code, reason := ws.ParseCloseFrameData(payload[:header.Length])
		return &ClosedError{code, reason}
	}
	return nil
}

// ClosedError is another side that has closed the connection, with its words.
type ClosedError struct {
	Code   ws.StatusCode
	Reason string
}

func (e *ClosedError) Error() string {
	return fmt.Sprintf("%v, with status %d %.100q", errWentAway, e.Code, e.Reason)
}

func (e *ClosedError) Unwrap() error { return errWentAway }

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}
