package history

import (
	"bytes"
	"errors"

	"github.com/klauspost/compress/s2"
)

// A block is compressed in the archive: its records repeat each other, and the backbone
// copies each block several times. Blocks of versions before are not; none of them begins
// with packedMark.
const packedMark = "s2\n"

// mostUnpacked bounds what a block may say that it unpacks to, in bytes: a full block and the
// longest record.
const mostUnpacked = 16 << 20

var errPacked = errors.New("the compressed block is damaged")

// pack compresses a block, into the memory of packed where that is enough.
func pack(packed, block []byte) []byte {
	if most := len(packedMark) + s2.MaxEncodedLen(len(block)); cap(packed) < most {
		packed = make([]byte, most)
	}
	packed = append(packed[:0], packedMark...)
	return packed[:len(packedMark)+len(s2.Encode(packed[len(packedMark):cap(packed)], block))]
}

// unpack returns what pack was given, and a block that is not compressed as it is.
func unpack(block []byte) ([]byte, error) {
	packed, is := bytes.CutPrefix(block, []byte(packedMark))
	if !is {
		return block, nil
	}
	if n, err := s2.DecodedLen(packed); err != nil || n > mostUnpacked {
		return nil, errPacked
	}
	block, err := s2.Decode(nil, packed)
	if err != nil {
		return nil, errPacked
	}
	return block, nil
}
