package vault

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// kind is how the payload of a file is kept.
type kind uint8

const (
	kindPlain kind = iota
	kindAES256GCM
)

// The layout of the header, in bytes.
const (
	headerBytes = 96
	saltBytes   = 32
	checkBytes  = 16

	atKind  = 8
	atCRC   = 12
	atKeyID = 16
	atSalt  = atKeyID + maxKeyID
	atCheck = atSalt + saltBytes
)

// magic begins a file of version 1 of the format.
const magic = "SWVAULT1"

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// header is the beginning of a file.
type header struct {
	kind  kind
	keyID string
	salt  [saltBytes]byte
	check [checkBytes]byte // proves the key, without which a wrong one would look like damage
}

func newSalt() (salt [saltBytes]byte) {
	rand.Read(salt[:]) // never fails: crypto/rand ends the program instead
	return salt
}

// newHeader returns the header of a new file, and what seals its segments.
func newHeader(ring *Ring, salt [saltBytes]byte) (header, sealer) {
	h := header{salt: salt}
	if ring == nil {
		return h, plainSealer{salt}
	}
	h.kind, h.keyID = kindAES256GCM, ring.current.id
	seal, check := newGCMSealer(ring.current, salt)
	h.check = check
	return h, seal
}

func (h header) append(to []byte) []byte {
	start := len(to)
	to = append(to, magic...)
	to = append(to, byte(h.kind), byte(len(h.keyID)), 0, 0, 0, 0, 0, 0)
	to = append(to, h.keyID...)
	to = append(to, make([]byte, maxKeyID-len(h.keyID))...)
	to = append(to, h.salt[:]...)
	to = append(to, h.check[:]...)
	binary.BigEndian.PutUint32(to[start+atCRC:], crc32.Checksum(to[start:], castagnoli))
	return to
}

// ErrDamaged is in the chain of an error about a file whose content is not what
// was written.
var ErrDamaged = errors.New("the file is damaged")

// parseHeader reads the first headerBytes of a file.
func parseHeader(text []byte) (header, error) {
	if len(text) < headerBytes || string(text[:len(magic)]) != magic {
		return header{}, fmt.Errorf("%w: it does not begin like a file of recordings", ErrDamaged)
	}
	sum := binary.BigEndian.Uint32(text[atCRC:])
	whole := bytes.Clone(text[:headerBytes])
	clear(whole[atCRC : atCRC+4])
	idLength := int(text[atKind+1])
	if sum != crc32.Checksum(whole, castagnoli) || idLength > maxKeyID {
		return header{}, fmt.Errorf("%w: its header has a wrong checksum", ErrDamaged)
	}
	h := header{kind: kind(text[atKind]), keyID: string(text[atKeyID : atKeyID+idLength])}
	copy(h.salt[:], text[atSalt:])
	copy(h.check[:], text[atCheck:])
	if h.kind > kindAES256GCM {
		return header{}, fmt.Errorf("the file is of a kind (%d) that this version does not know", h.kind)
	}
	return h, nil
}

// sealer returns what opens and seals the segments of the file.
func (h header) sealer(ring *Ring) (sealer, error) {
	if h.kind == kindPlain {
		return plainSealer{h.salt}, nil
	}
	key, err := ring.get(h.keyID)
	if err != nil {
		return nil, err
	}
	seal, check := newGCMSealer(key, h.salt)
	if check != h.check {
		return nil, fmt.Errorf("the file is encrypted with another key of the id %q", h.keyID)
	}
	return seal, nil
}
