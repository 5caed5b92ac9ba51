package sip

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"github.com/gobwas/ws"

	"github.com/switchhook/switchhook/internal/ratelimit"
	"github.com/switchhook/switchhook/internal/sip/header"
)

// maxSocketMessage bounds a message over WebSocket: what sipgo reads at once.
const maxSocketMessage = 32 << 10

// socketFrames bounds the frames of a WebSocket that are no whole message: pings,
// fragments, and empty ones, and messages of zeros, which sipgo leaves out without asking
// anybody. Others are bounded by who sends them.
var socketFrames = ratelimit.Rate{PerSecond: 100, Burst: 300}

// webSocketConn adapts a WebSocket to sipgo, whose own reader knows neither
// fragments nor pings: sipgo sees a peer that asks for the handshake and then
// sends each message as one frame. Frames of RFC 6455 are read and checked here.
type webSocketConn struct {
	net.Conn
	in      *bufio.Reader
	onClose func(*webSocketConn)
	sent    func(message []byte) // is shown what was sent; nil: nobody is
	frames  *ratelimit.Bucket

	ready   []byte // for sipgo to read
	message []byte // of which frames have come

	writeMu          sync.Mutex
	handshakeSkipped bool // sipgo has answered its handshake
	out              bytes.Buffer

	closeOnce sync.Once
}

// sipgoHandshake is the handshake that sipgo wants to see; the client's own has been
// answered.
const sipgoHandshake = "GET / HTTP/1.1\r\nHost: sip\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

func newWebSocketConn(conn net.Conn, in *bufio.Reader, closed func(*webSocketConn)) *webSocketConn {
	return &webSocketConn{Conn: conn, in: in, onClose: closed, ready: []byte(sipgoHandshake), frames: ratelimit.NewBucket(socketFrames)}
}

// Read gives sipgo the next bytes.
func (s *webSocketConn) Read(b []byte) (int, error) {
	if len(s.ready) == 0 {
		message, err := s.next()
		if err != nil {
			return 0, err
		}
		// A client's frame is masked; nothing says that the mask may not be zero.
		s.ready = ws.MustCompileFrame(ws.MaskFrameInPlaceWith(ws.NewTextFrame(message), [4]byte{}))
	}
	n := copy(b, s.ready)
	s.ready = s.ready[n:]
	return n, nil
}

// next reads frames until a message is whole.
func (s *webSocketConn) next() ([]byte, error) {
	s.message = s.message[:0]
	fragmented := false
	for {
		s.Conn.SetReadDeadline(time.Now().Add(socketSilence))
		frame, err := ws.ReadHeader(s.in)
		if err != nil {
			return nil, err
		}
		state := ws.StateServerSide
		if fragmented {
			state = state.Set(ws.StateFragmented)
		}
		if err := ws.CheckHeader(frame, state); err != nil {
			return nil, s.fail(ws.StatusProtocolError, err)
		}
		if (frame.OpCode.IsControl() || !frame.Fin || frame.Length == 0) && !s.frames.Allow(time.Now()) {
			return nil, s.fail(ws.StatusPolicyViolation, errors.New("too many frames"))
		}
		if frame.Length > maxSocketMessage-int64(len(s.message)) {
			return nil, s.fail(ws.StatusMessageTooBig, errors.New("the message is too long"))
		}
		payload := make([]byte, frame.Length)
		if _, err := io.ReadFull(s.in, payload); err != nil {
			return nil, err
		}
		ws.Cipher(payload, frame.Mask, 0)
		if frame.OpCode.IsControl() {
			if err := s.control(frame.OpCode, payload); err != nil {
				return nil, err
			}
			continue
		}
		s.message = append(s.message, payload...)
		if fragmented = !frame.Fin; !fragmented && len(s.message) > 0 {
			switch {
			case !header.Bounded(s.message):
				return nil, s.fail(ws.StatusPolicyViolation, errParameters)
			case isZeros(s.message) && !s.frames.Allow(time.Now()):
				return nil, s.fail(ws.StatusPolicyViolation, errZeros)
			}
			return bytes.Clone(s.message), nil
		}
	}
}

func (s *webSocketConn) control(code ws.OpCode, payload []byte) error {
	switch code {
	case ws.OpPing:
		return s.send(ws.NewPongFrame(payload))
	case ws.OpClose:
		s.send(ws.NewCloseFrame(payload))
		return io.EOF
	}
	return nil // a pong: the deadline has moved
}

// fail closes the connection with a status.
func (s *webSocketConn) fail(code ws.StatusCode, why error) error {
	s.send(ws.NewCloseFrame(ws.NewCloseFrameBody(code, why.Error())))
	return why
}

// ping sends a ping, unless something is on its way, which does as well.
func (s *webSocketConn) ping() {
	if s.writeMu.TryLock() {
		defer s.writeMu.Unlock()
		s.write(ws.MustCompileFrame(ws.NewPingFrame(nil)))
	}
}

func (s *webSocketConn) send(frame ws.Frame) error {
	data, err := ws.CompileFrame(frame)
	if err != nil {
		return err
	}
	s.writeMu.Lock()
	defer s.writeMu.Unlock()
	return s.write(data)
}

func (s *webSocketConn) write(data []byte) error {
	s.Conn.SetWriteDeadline(time.Now().Add(writeTimeout))
	_, err := s.Conn.Write(data)
	if err != nil {
		s.Conn.Close() // half a frame may be out
	}
	return err
}

// Write takes sipgo's frames, which come in pieces, and lets only whole ones out:
// a pong must not stand in the middle of one.
func (s *webSocketConn) Write(b []byte) (int, error) {
	s.writeMu.Lock()
	defer s.writeMu.Unlock()
	s.out.Write(b)
	if !s.handshakeSkipped {
		end := bytes.Index(s.out.Bytes(), []byte("\r\n\r\n"))
		if end < 0 {
			return len(b), nil
		}
		s.out.Next(end + 4)
		s.handshakeSkipped = true
	}
	for {
		header, err := ws.ReadHeader(bytes.NewReader(s.out.Bytes()))
		whole := int64(ws.HeaderSize(header)) + header.Length
		if err != nil || int64(s.out.Len()) < whole {
			return len(b), nil
		}
		frame := s.out.Next(int(whole))
		if s.sent != nil && header.OpCode == ws.OpText {
			s.sent(frame[ws.HeaderSize(header):])
		}
		if err := s.write(frame); err != nil {
			return 0, err
		}
	}
}

// SetReadDeadline does nothing: next sets the deadline for each frame.
func (s *webSocketConn) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing: write sets the deadline.
func (s *webSocketConn) SetWriteDeadline(time.Time) error { return nil }

// Close closes the connection, after a close frame where that is quick.
func (s *webSocketConn) Close() error {
	s.closeOnce.Do(func() {
		s.onClose(s)
		if s.writeMu.TryLock() {
			s.Conn.SetWriteDeadline(time.Now().Add(100 * time.Millisecond))
			s.Conn.Write(ws.CompiledCloseNormalClosure)
			s.writeMu.Unlock()
		}
	})
	return s.Conn.Close()
}
