package signalling

import (
	"errors"
	"io"
	"time"

	"github.com/gobwas/ws"
)

// Errors of read.
var (
	errTooLong   = errors.New("the frame is too long")
	errNotText   = errors.New("the frame is not text")
	errClosed    = errors.New("the client has closed the socket")
	errMasking   = errors.New("the frame is not masked")       // RFC 6455 §5.1
	errFragments = errors.New("the frame is not allowed here") // §5.2, §5.4, §5.5
	errFrames    = errors.New("too many frames")
)

// read returns the next message of at most so many bytes. It answers pings.
func (s *socket) read(most int) (text []byte, err error) {
	fragmented := false
	for {
		header, err := ws.ReadHeader(s.reader)
		now := time.Now()
		switch {
		case err != nil:
			return nil, err
		case !s.frames.Allow(now):
			return nil, errFrames
		case !header.Masked:
			return nil, errMasking
		case header.Rsv != 0, header.OpCode.IsControl() && (!header.Fin || header.Length > ws.MaxControlFramePayloadSize):
			return nil, errFragments
		case header.Length > int64(most-len(text)):
			return nil, errTooLong
		}
		payload := make([]byte, header.Length)
		if _, err := io.ReadFull(s.reader, payload); err != nil {
			return nil, err
		}
		ws.Cipher(payload, header.Mask, 0)
		s.mu.Lock()
		s.heardAt = now
		s.mu.Unlock()
		switch header.OpCode {
		case ws.OpPing:
			s.put(ws.MustCompileFrame(ws.NewPongFrame(payload)), false)
			continue
		case ws.OpPong:
			continue
		case ws.OpClose:
			return nil, errClosed
		case ws.OpText, ws.OpContinuation:
			if fragmented != (header.OpCode == ws.OpContinuation) {
				return nil, errFragments
			}
		default:
			return nil, errNotText
		}
		text = append(text, payload...)
		if header.Fin {
			return text, nil
		}
		fragmented = true
	}
}
