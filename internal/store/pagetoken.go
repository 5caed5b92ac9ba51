package store

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"

	"github.com/switchhook/switchhook/internal/fault"
)

// checksumLength is the length of a token's checksum, in bytes.
const checksumLength = 4

// PageToken is the token of the page behind a key, "" where that is "". Its checksum tells it from
// one that was cut off or made up, whose page would look like the end of the list.
func PageToken(key string) string {
	if key == "" {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint32([]byte(key), crc32.ChecksumIEEE([]byte(key))))
}

// PageKey is the key that a token names; "" is the token of the first page. A token that
// PageToken did not give is fault.Invalid.
func PageKey(token string) (key string, err error) {
	if token == "" {
		return "", nil
	}
	text, err := base64.RawURLEncoding.DecodeString(token)
	if at := len(text) - checksumLength; err == nil && at > 0 && crc32.ChecksumIEEE(text[:at]) == binary.BigEndian.Uint32(text[at:]) {
		return string(text[:at]), nil
	}
	return "", fault.Invalid("the page token is not one that was given out")
}
