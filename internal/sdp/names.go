package sdp

import (
	"bytes"
	"net/netip"
	"slices"
	"strings"
)

// maxName bounds a host name (RFC 1035 §2.3.4).
const maxName = 253

// HasNames reports whether a text may have a host name where an address is usual. It
// is cheap.
func HasNames(text []byte) bool {
	for line := range bytes.Lines(text) {
		value, ok := bytes.CutPrefix(line, []byte("c="))
		if !ok {
			continue
		}
		count, last := 0, []byte(nil)
		for field := range bytes.FieldsSeq(value) {
			count, last = count+1, field
		}
		if count == 3 && bytes.IndexByte(last, ':') < 0 && bytes.ContainsAny(last, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
			return true
		}
	}
	return false
}

// Names are the hosts of streams of sound that have no address yet: who reads a
// description looks them up and tells them to Place.
func (s *Session) Names() (list []string) {
	for _, stream := range s.Streams {
		if stream.Host != "" && stream.Kind == "audio" && stream.Port != 0 && !slices.Contains(list, stream.Host) {
			list = append(list, stream.Host)
		}
	}
	return list
}

// SoundAddress is where the first stream of sound wants to be heard; zero where none tells.
func (s *Session) SoundAddress() netip.Addr {
	for i := range s.Streams {
		if stream := &s.Streams[i]; stream.Kind == "audio" && stream.Port != 0 {
			return stream.Address
		}
	}
	return netip.Addr{}
}

// Place gives the streams of a host their address.
func (s *Session) Place(host string, at netip.Addr) {
	for i := range s.Streams {
		stream := &s.Streams[i]
		if stream.Host != host {
			continue
		}
		stream.Address = at
		if stream.RTCP.Port() != 0 && !stream.RTCP.Addr().IsValid() {
			stream.RTCP = netip.AddrPortFrom(at, stream.RTCP.Port())
		}
	}
}

// isName reports whether a text can be a host name (RFC 8866 §9: FQDN).
func isName(text string) bool {
	return text != "" && len(text) <= maxName && strings.Trim(strings.ToLower(text), "abcdefghijklmnopqrstuvwxyz0123456789-._") == "" &&
		strings.ContainsAny(strings.ToLower(text), "abcdefghijklmnopqrstuvwxyz")
}
