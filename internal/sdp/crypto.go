package sdp

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Security says whether a stream is encrypted by SRTP, with keys that stand in
// the descriptions themselves (SDES, RFC 4568).
type Security uint8

// The degrees of security. Optional offers keys beside plain RTP, as telephones
// do: who does not know them ignores them.
const (
	Off Security = iota
	Optional
	Required
)

// Crypto is an a=crypto line: a suite, and the key that its writer sends with.
type Crypto struct {
	Tag        int // names the line; an answer repeats the one that it takes
	Suite      Suite
	Key        Key
	Identifier int // bytes of the master key identifier (MKI) in what its writer sends; 0: there is none
}

// maxCrypto bounds the lines of a stream.
const maxCrypto = 16

// addCrypto reads "1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^31|1:4". A line that asks
// for what we do not do (several keys, other parameters) is one that cannot be taken, and
// is left out.
func (s *Stream) addCrypto(value string) {
	fields := strings.Fields(value)
	if len(fields) < 3 || len(s.Crypto) == maxCrypto {
		return
	}
	tag, err := strconv.ParseUint(fields[0], 10, 31)
	suite, known := suiteNamed(fields[1])
	if err != nil || !known {
		return
	}
	for _, parameter := range fields[3:] {
		if !strings.HasPrefix(parameter, "WSH=") { // a hint for the receiver alone
			return
		}
	}
	method, rest, _ := strings.Cut(fields[2], ":")
	key, parameters, _ := strings.Cut(rest, "|")
	identifier, known := identifierIn(parameters)
	if !strings.EqualFold(method, "inline") || strings.Contains(rest, ";") || !known {
		return
	}
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(key, "="))
	if err != nil || len(raw) != suite.size() {
		return
	}
	next := Crypto{Tag: int(tag), Suite: suite, Identifier: identifier}
	copy(next.Key[:], raw)
	s.Crypto = append(s.Crypto, next)
}

// maxIdentifier bounds the bytes of a master key identifier (RFC 4568 §6.1).
const maxIdentifier = 128

// identifierIn reads how many bytes the identifier has in what stands behind a key: its
// lifetime, the identifier, as in "1:4", or both. A key that is the only one needs no
// comparison of its identifier.
func identifierIn(parameters string) (bytes int, ok bool) {
	lifetime, identifier, both := strings.Cut(parameters, "|")
	if !both && strings.Contains(lifetime, ":") {
		identifier = lifetime
	}
	if identifier == "" {
		return 0, !both
	}
	value, length, _ := strings.Cut(identifier, ":")
	bytes, err := strconv.Atoi(length)
	return bytes, err == nil && bytes >= 1 && bytes <= maxIdentifier && value != "" && strings.Trim(value, "0123456789") == ""
}

// line writes the attribute.
func (c Crypto) line() string {
	return fmt.Sprintf("a=crypto:%d %s inline:%s\r\n", c.Tag, c.Suite, base64.StdEncoding.EncodeToString(c.Key[:c.Suite.size()]))
}

// offered are the keys that our offers have: of the two suites that everybody knows, since
// each further line makes all INVITEs longer, and of the one in force. That stands first, as
// the one that is preferred (RFC 4568 §5.1.1): a peer would change to another one.
func (l Local) offered() (list []Crypto) {
	inForce := Unprotected
	if l.Agreed != nil {
		inForce = l.Agreed.Protection.Suite
	}
	list = make([]Crypto, 0, 3)
	for _, ours := range l.Crypto {
		switch {
		case ours.Suite == inForce:
			list = slices.Insert(list, 0, ours)
		case ours.Suite <= AES128SHA32:
			list = append(list, ours)
		}
	}
	return list
}

// protect finds the keys for a stream of the far end: in an offer the first line
// whose suite we have; in an answer the one of ours that it names.
func (s *Stream) protect(local Local, answer bool) (ours, theirs Crypto, err error) {
	if local.Security != Off {
		known := local.Crypto
		if answer {
			known = local.offered()
		}
		for _, theirs := range s.Crypto {
			for _, ours := range known {
				if ours.Suite == theirs.Suite && (!answer || ours.Tag == theirs.Tag) {
					ours.Tag = theirs.Tag
					return ours, theirs, nil
				}
			}
		}
	}
	switch {
	case s.encrypted() && local.Security == Off:
		err = fmt.Errorf("%w: the stream insists on SRTP (%s), which is not offered here", ErrUnacceptable, clip(s.Protocol))
	case s.encrypted():
		err = fmt.Errorf("%w: none of the stream's SRTP keys (%s) can be used", ErrUnacceptable, clip(s.Protocol))
	case local.Security == Required:
		err = fmt.Errorf("%w: SRTP is required here, and the stream has no key that can be used", ErrUnacceptable)
	}
	return Crypto{}, Crypto{}, err
}
