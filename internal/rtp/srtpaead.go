package rtp

import (
	"crypto/cipher"
	"encoding/binary"
)

// mustGCM makes an AEAD of a block cipher.
func mustGCM(block cipher.Block) cipher.AEAD {
	made, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // only for another block size than 16
	}
	return made
}

// The parts of SRTCP before what is encrypted, and the longest of what authenticates it.
const (
	reportHeader = 8
	nonceSize    = 12
)

// nonce is that of a packet (RFC 7714 §8.1, §9.1): the salt, the SSRC and the index, of which
// RTP's has 48 bits and RTCP's 31.
func (t *transform) nonce(ssrc uint32, index uint64) []byte {
	n := t.counter[:nonceSize]
	copy(n, t.salt[:nonceSize])
	binary.BigEndian.PutUint32(n[2:], binary.BigEndian.Uint32(n[2:])^ssrc)
	binary.BigEndian.PutUint64(n[4:], binary.BigEndian.Uint64(n[4:])^index)
	return n
}

// sealWhole protects an RTP packet of a size in place, whose header ends at a place, and
// returns its new size.
func (t *transform) sealWhole(packet []byte, at, size int, ssrc uint32, index uint64) int {
	return at + len(t.aead.Seal(packet[at:at], t.nonce(ssrc, index), packet[at:size], packet[:at]))
}

// openWhole unprotects an RTP packet in place; false where it is not authentic.
func (t *transform) openWhole(packet []byte, at int, ssrc uint32, index uint64) ([]byte, bool) {
	plain, err := t.aead.Open(packet[at:at], t.nonce(ssrc, index), packet[at:], packet[:at])
	return packet[:at+len(plain)], err == nil
}

// associate gathers what authenticates a report beside its content: its header and the
// number behind it (RFC 7714 §9.2).
func (t *transform) associate(header []byte, number uint32) []byte {
	t.associated = append(append(t.associated[:0], header...), 0, 0, 0, 0)
	binary.BigEndian.PutUint32(t.associated[len(header):], number)
	return t.associated
}

// sealReport protects an RTCP packet of a size in place and returns its new size. number is
// its index with the E flag.
func (t *transform) sealReport(packet []byte, size int, ssrc, number uint32) int {
	beside := t.associate(packet[:reportHeader], number)
	content := t.aead.Seal(packet[reportHeader:reportHeader], t.nonce(ssrc, uint64(number&^encrypted)), packet[reportHeader:size], beside)
	size = reportHeader + len(content)
	binary.BigEndian.PutUint32(packet[size:], number)
	return size + indexSize
}

// openReport unprotects an RTCP packet, without its number, in place; false where it is not
// authentic. One that is not encrypted is authenticated as a whole (§9.3).
func (t *transform) openReport(packet []byte, ssrc, number uint32) ([]byte, bool) {
	nonce, at := t.nonce(ssrc, uint64(number&^encrypted)), reportHeader
	if number&encrypted == 0 {
		at = len(packet) - aeadTag
	}
	plain, err := t.aead.Open(packet[at:at], nonce, packet[at:], t.associate(packet[:at], number))
	return packet[:at+len(plain)], err == nil
}
