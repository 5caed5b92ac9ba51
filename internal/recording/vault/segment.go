package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

const (
	// maxSegment is the payload of a segment at most, in bytes: what has to be read
	// to have one byte of it.
	maxSegment = 64 << 10

	headBytes = 4
	lastBit   = 1 << 31
)

// head is the beginning of a segment.
type head uint32

func headOf(size int, last bool) head {
	h := head(size)
	if last {
		h |= lastBit
	}
	return h
}

func (h head) size() int64 { return int64(h &^ lastBit) }
func (h head) last() bool  { return h&lastBit != 0 }

// sealer turns payloads into segments and back.
type sealer interface {
	// sumSize is how many bytes follow the payload of a segment.
	sumSize() int
	// seal appends the payload of segment n and its sum.
	seal(to []byte, n int64, h head, payload []byte) []byte
	// open returns the payload of segment n, in place; sealed begins after the head.
	open(n int64, h head, sealed []byte) ([]byte, error)
}

// appendSegment appends a whole segment.
func appendSegment(to []byte, s sealer, n int64, payload []byte, last bool) []byte {
	h := headOf(len(payload), last)
	to = binary.BigEndian.AppendUint32(to, uint32(h))
	return s.seal(to, n, h, payload)
}

func damagedSegment(n int64) error { return fmt.Errorf("%w: segment %d", ErrDamaged, n) }

// plainSealer leaves the payload as it is. The salt is part of the sums, so that
// what a file system shows of another file's blocks after a crash has wrong ones.
type plainSealer struct{ salt [saltBytes]byte }

func (plainSealer) sumSize() int { return crc32.Size }

func (s plainSealer) seal(to []byte, n int64, h head, payload []byte) []byte {
	to = append(to, payload...)
	return binary.BigEndian.AppendUint32(to, s.sum(n, h, payload))
}

func (s plainSealer) open(n int64, h head, sealed []byte) ([]byte, error) {
	payload := sealed[:h.size()]
	if s.sum(n, h, payload) != binary.BigEndian.Uint32(sealed[h.size():]) {
		return nil, damagedSegment(n)
	}
	return payload, nil
}

func (s plainSealer) sum(n int64, h head, payload []byte) uint32 {
	var place [saltBytes + 8 + headBytes]byte
	copy(place[:], s.salt[:])
	binary.BigEndian.PutUint64(place[saltBytes:], uint64(n))
	binary.BigEndian.PutUint32(place[saltBytes+8:], uint32(h))
	return crc32.Update(crc32.Checksum(place[:], castagnoli), castagnoli, payload)
}

// gcmSealer encrypts payloads.
type gcmSealer struct{ aead cipher.AEAD }

// newGCMSealer derives the key of one file, and the check of the operator's key.
func newGCMSealer(key Key, salt [saltBytes]byte) (gcmSealer, [checkBytes]byte) {
	derived, err := hkdf.Key(sha256.New, key.secret[:], salt[:], "switchhook recordings 1", secretBytes+checkBytes)
	if err != nil {
		panic(err) // only lengths that are too large are refused
	}
	block, err := aes.NewCipher(derived[:secretBytes])
	if err != nil {
		panic(err) // the length is right
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // AES has blocks of 128 bits
	}
	return gcmSealer{aead}, [checkBytes]byte(derived[secretBytes:])
}

func (s gcmSealer) sumSize() int { return s.aead.Overhead() }

func (s gcmSealer) seal(to []byte, n int64, h head, payload []byte) []byte {
	place := s.place(n, h)
	return s.aead.Seal(to, place.nonce[:], payload, place.head[:])
}

func (s gcmSealer) open(n int64, h head, sealed []byte) ([]byte, error) {
	place := s.place(n, h)
	payload, err := s.aead.Open(sealed[:0], place.nonce[:], sealed, place.head[:])
	if err != nil {
		return nil, damagedSegment(n)
	}
	return payload, nil
}

// place is a segment's nonce, and what is authenticated beside its payload. The
// last segment has a nonce of its own: after a crash it may get the number of a
// torn one.
type place struct {
	nonce [12]byte
	head  [headBytes]byte
}

func (gcmSealer) place(n int64, h head) (p place) {
	if h.last() {
		p.nonce[0] = 1
	}
	binary.BigEndian.PutUint64(p.nonce[4:], uint64(n))
	binary.BigEndian.PutUint32(p.head[:], uint32(h))
	return p
}
