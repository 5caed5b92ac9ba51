package header

import (
	"cmp"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// Seconds writes a duration as fields of seconds have it: at least one.
func Seconds(d time.Duration) string { return strconv.Itoa(max(1, int(d.Seconds()))) }

// parseSeconds reads a number of seconds before its parameters; 0 where it is none.
func parseSeconds(text string) time.Duration {
	if text == "" {
		return 0 // most messages have no such field, and an error is an object
	}
	text, _, _ = strings.Cut(text, ";")
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 32)
	if err != nil {
		return 0
	}
	return time.Duration(n) * time.Second
}

// ParseExpires reads the Expires of a REGISTER. One too large for the field is the
// largest (RFC 3261 §20.19); one that is none gives the phrase of a 400.
func ParseExpires(text string) (expires time.Duration, wrong string) {
	text = strings.TrimSpace(text)
	if text == "" || strings.Trim(text, "0123456789") != "" {
		return 0, "Unusable Expires"
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		n = 1<<32 - 1
	}
	return time.Duration(n) * time.Second, ""
}

// Expires is how long the sender of a request wants to wait; 0 where it does not say
// (RFC 3261 §20.19).
func Expires(request *sip.Request) time.Duration {
	return parseSeconds(First(request, "Expires"))
}

// MinExpires is the shortest registration that a 423 permits; 0 where it tells none.
func MinExpires(response *sip.Response) time.Duration {
	field := response.GetHeader("Min-Expires")
	if field == nil {
		return 0
	}
	return parseSeconds(field.Value())
}

// GrantedExpires is for how long a registrar keeps our binding: as its Contact says, or
// else Expires, else as long as was asked (RFC 3261 §10.2.4). The 200 lists the bindings
// of all devices of the account: only that of own counts, or that of the address where
// the registrar saw the request come from, by which some replace it.
func GrantedExpires(response *sip.Response, own *sip.Uri, asked time.Duration) time.Duration {
	granted := asked
	if seconds := parseSeconds(First(response, "Expires")); seconds > 0 {
		granted = seconds
	}
	seen := seenAs(response, own)
	for _, list := range Values(response, "Contact") {
		for _, text := range SplitAddresses(list) {
			_, uri, ok := ParseAddress(text)
			if !ok || !isSameBinding(&uri, own) && !isSameBinding(&uri, &seen) {
				continue
			}
			if contact, wrong := ParseContact(strings.TrimSpace(text), -1); wrong == "" && contact.Expires > 0 {
				return contact.Expires
			}
		}
	}
	return granted
}

// seenAs is our address as the registrar saw it (RFC 3581 §4).
func seenAs(response *sip.Response, own *sip.Uri) sip.Uri {
	seen := *own.Clone()
	via := response.Via()
	if via == nil {
		return seen
	}
	if received, ok := via.Params.Get("received"); ok {
		seen.Host = received
	}
	if port, ok := via.Params.Get("rport"); ok {
		if n, err := strconv.ParseUint(port, 10, 16); err == nil {
			seen.Port = int(n)
		}
	}
	return seen
}

// isSameBinding reports whether two addresses of an account are one: the user, the host
// and the port, and the transport where both name it. Registrars drop and add other
// parameters, and write hosts in their own way.
func isSameBinding(a, b *sip.Uri) bool {
	if User(a) != User(b) || !strings.EqualFold(a.Scheme, b.Scheme) || !isSameHost(a.Host, b.Host) {
		return false
	}
	one, _ := a.UriParams.Get("transport")
	other, _ := b.UriParams.Get("transport")
	if one != "" && other != "" && !strings.EqualFold(one, other) {
		return false
	}
	transport := cmp.Or(one, other, "udp")
	return cmp.Or(a.Port, sip.DefaultPort(transport)) == cmp.Or(b.Port, sip.DefaultPort(transport))
}

// isSameHost compares names without their case, and addresses by their value.
func isSameHost(a, b string) bool {
	one, err1 := netip.ParseAddr(strings.Trim(a, "[]"))
	other, err2 := netip.ParseAddr(strings.Trim(b, "[]"))
	if err1 == nil && err2 == nil {
		return one.Unmap() == other.Unmap()
	}
	return strings.EqualFold(strings.TrimSuffix(a, "."), strings.TrimSuffix(b, "."))
}

// RetryAfter is how long the sender of a response wants to be left alone, within
// a day (RFC 3261 §20.33).
func RetryAfter(response *sip.Response) time.Duration {
	field := response.GetHeader("Retry-After")
	if field == nil {
		return 0
	}
	text, _, _ := strings.Cut(field.Value(), "(")
	return min(parseSeconds(text), 24*time.Hour)
}
