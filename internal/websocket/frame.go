package websocket

import (
	"bufio"
	"crypto/rand"
	"encoding/binary"
	"math"

	"github.com/gobwas/ws"
)

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

// readHeader reads a frame's header (§5.2) in place; ws.ReadHeader allocates.
func readHeader(in *bufio.Reader) (h ws.Header, err error) {
	b, err := in.Peek(2)
	if err != nil {
		return h, err
	}
	h.Fin, h.Rsv, h.OpCode, h.Masked = b[0]&0x80 != 0, b[0]>>4&7, ws.OpCode(b[0]&0xf), b[1]&0x80 != 0
	size := 2
	switch length := b[1] & 0x7f; length {
	case 126:
		size = 4
	case 127:
		size = 10
	default:
		h.Length = int64(length)
	}
	if b, err = in.Peek(size); err != nil {
		return h, err
	}
	switch size {
	case 4:
		h.Length = int64(binary.BigEndian.Uint16(b[2:]))
	case 10:
		length := binary.BigEndian.Uint64(b[2:])
		if length > math.MaxInt64 { // §5.2: the highest bit must be 0
			return h, errUnframed
		}
		h.Length = int64(length)
	}
	_, err = in.Discard(size)
	return h, err
}
