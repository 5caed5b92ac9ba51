package streaming

import (
	"bufio"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/gobwas/ws"
)

// What an application's side may cost.
const (
	// maxMessage bounds a message of the application: about a minute of audio at
	// 24 kHz.
	maxMessage = 4 << 20
	// stalledAfter is how long a write may take. The queue before it drops what is
	// older than 0.5 s meanwhile.
	stalledAfter = 5 * time.Second
	// pingEvery and deadAfter find applications that have vanished.
	pingEvery = 15 * time.Second
	deadAfter = 45 * time.Second
	// keptBuffer is how much memory for messages a socket keeps.
	keptBuffer = 64 << 10
)

var (
	errTooLarge  = fmt.Errorf("a message has more than %d bytes", maxMessage)
	errUnframed  = errors.New("the application has sent a frame that RFC 6455 does not allow there")
	errNotText   = errors.New("the application has sent a binary message")
	errWentAway  = errors.New("the application has closed the connection")
	errNoSign    = fmt.Errorf("the application has not answered for %v", deadAfter)
	errSocketEnd = errors.New("the stream was stopped")
)

// socket is a WebSocket on which we are the client (RFC 6455). Each message is one
// frame and one write: some applications read a message with a single receive.
// Writers take turns; there is one reader.
type socket struct {
	conn net.Conn
	in   *bufio.Reader

	mu       sync.Mutex // guards writing
	out      []byte
	patience time.Duration // how long a write may take

	buf []byte // the reader's
}

// maxHeader is the longest header of a frame: two bytes, the length, the mask.
const maxHeader = 14

// write sends one frame, in one write.
func (s *socket) write(op ws.OpCode, payload []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out = appendFrame(s.out[:0], op, payload)
	_ = s.conn.SetWriteDeadline(time.Now().Add(s.patience))
	_, err := s.conn.Write(s.out)
	if cap(s.out) > keptBuffer {
		s.out = nil
	}
	return err
}

// appendFrame appends a final frame, masked as a client's frames are (§5.3).
func appendFrame(dst []byte, op ws.OpCode, payload []byte) []byte {
	var mask [4]byte
	_, _ = rand.Read(mask[:]) // it does not fail: crypto/rand
	dst = append(dst, 0x80|byte(op))
	switch n := len(payload); {
	case n < 126:
		dst = append(dst, 0x80|byte(n))
	case n < 1<<16:
		dst = binary.BigEndian.AppendUint16(append(dst, 0x80|126), uint16(n))
	default:
		dst = binary.BigEndian.AppendUint64(append(dst, 0x80|127), uint64(n))
	}
	dst = append(dst, mask[:]...)
	start := len(dst)
	dst = append(dst, payload...)
	ws.Cipher(dst[start:], mask, 0)
	return dst
}

// read returns the next text message, valid until the next call. It answers pings
// on the way.
func (s *socket) read() ([]byte, error) {
	if cap(s.buf) > keptBuffer {
		s.buf = nil
	}
	message, started := s.buf[:0], false
	for {
		header, err := s.header()
		if err != nil {
			return nil, err
		}
		if header.OpCode.IsControl() {
			if err := s.control(header); err != nil {
				return nil, err
			}
			continue
		}
		if started != (header.OpCode == ws.OpContinuation) {
			return nil, errUnframed
		}
		if header.OpCode == ws.OpBinary {
			return nil, errNotText
		}
		if message, err = s.payload(message, header); err != nil {
			return nil, err
		}
		s.buf, started = message, true
		if header.Fin {
			return message, nil
		}
	}
}

// header reads the next frame's header.
func (s *socket) header() (ws.Header, error) {
	_ = s.conn.SetReadDeadline(time.Now().Add(deadAfter))
	header, err := ws.ReadHeader(s.in)
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return header, errWentAway
	case isTimeout(err):
		return header, errNoSign
	case err != nil:
		return header, err
	case header.Masked, header.Rsv != 0: // a server does not mask, and nothing was negotiated
		return header, errUnframed
	}
	return header, nil
}

// payload appends a frame's payload to a message.
func (s *socket) payload(message []byte, header ws.Header) ([]byte, error) {
	if header.Length < 0 || header.Length > int64(maxMessage-len(message)) {
		return nil, errTooLarge
	}
	for left := int(header.Length); left > 0; { // memory grows with what comes, not with what is announced
		n := min(left, 16<<10)
		start := len(message)
		message = append(message, make([]byte, n)...)
		if _, err := io.ReadFull(s.in, message[start:]); err != nil {
			return nil, errWentAway
		}
		left -= n
	}
	return message, nil
}

// control handles a ping, a pong or a close (§5.5).
func (s *socket) control(header ws.Header) error {
	if !header.Fin || header.Length > ws.MaxControlFramePayloadSize {
		return errUnframed
	}
	var payload [ws.MaxControlFramePayloadSize]byte
	if _, err := io.ReadFull(s.in, payload[:header.Length]); err != nil {
		return errWentAway
	}
	switch header.OpCode {
	case ws.OpPing:
		return s.write(ws.OpPong, payload[:header.Length])
	case ws.OpClose:
		_ = s.write(ws.OpClose, payload[:min(header.Length, 2)])
		code, reason := ws.ParseCloseFrameData(payload[:header.Length])
		return &closedError{code, reason}
	}
	return nil
}

// closedError is an application that has closed the connection, with its words.
type closedError struct {
	code   ws.StatusCode
	reason string
}

func (e *closedError) Error() string {
	return fmt.Sprintf("%v, with status %d %.100q", errWentAway, e.code, e.reason)
}

func (e *closedError) Unwrap() error { return errWentAway }

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}
