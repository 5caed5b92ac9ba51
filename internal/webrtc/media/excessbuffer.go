package media

import (
	"encoding/binary"
	"time"

	"github.com/pion/transport/v4/packetio"
)

// buffer is what waits of one source. What is too much is dropped.
type buffer struct {
	*packetio.Buffer
	of      *excess
	ssrc    uint32
	reports bool
}

// Write implements io.Writer.
func (b *buffer) Write(packet []byte) (int, error) {
	if b.reports && len(packet) >= 8 { // RFC 3550 §6.4: who sends stands behind the header
		b.of.from(binary.BigEndian.Uint32(packet[4:]))
		if !b.of.reports.Allow(time.Now()) || b.of.hear(b.ssrc, packet) {
			return len(packet), nil
		}
	}
	size := int64(len(packet))
	if size > maxTaken {
		return 0, packetio.ErrFull
	}
	if !b.of.hold(size) {
		return 0, packetio.ErrFull
	}
	n, err := b.Buffer.Write(packet)
	if err != nil {
		b.of.release(size)
	}
	return n, err
}

// Read implements io.Reader.
func (b *buffer) Read(into []byte) (int, error) {
	n, err := b.Buffer.Read(into)
	b.of.release(int64(n))
	return n, err
}

// Close implements io.Closer. What waits is dropped.
func (b *buffer) Close() error {
	b.of.forget(b)
	err := b.Buffer.Close()
	rest := make([]byte, maxTaken)
	for {
		if _, end := b.Read(rest); end != nil {
			return err
		}
	}
}
