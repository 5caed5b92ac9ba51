package header

import (
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// SplitAddresses splits a list of addresses at its commas, but not at those
// inside of quotes or angle brackets.
func SplitAddresses(value string) (list []string) {
	open := ""
	for _, part := range splitQuoted(value, ',') {
		open += part
		if strings.Count(open, "<") > strings.Count(open, ">") {
			open += ","
			continue
		}
		list = append(list, open)
		open = ""
	}
	return list
}

// ParseAddress reads a name-addr or an addr-spec with parameters.
func ParseAddress(text string) (display string, uri sip.Uri, ok bool) {
	raw := text
	if before, rest, found := strings.Cut(text, "<"); found {
		display = strings.Trim(strings.TrimSpace(before), `"`)
		raw, _, found = strings.Cut(rest, ">")
		if !found {
			return "", uri, false
		}
	} else {
		raw, _, _ = strings.Cut(text, ";")
	}
	raw, _, _ = strings.Cut(strings.TrimSpace(raw), "?")
	err := sip.ParseUri(raw, &uri)
	return display, uri, err == nil
}

// User returns the user of a SIP URI, or the number of a tel URI.
func User(uri *sip.Uri) string {
	user := uri.User
	if strings.EqualFold(uri.Scheme, "tel") {
		user = uri.Raw()
	}
	user, _, _ = strings.Cut(user, ";") // parameters of RFC 3966
	if plain, err := url.PathUnescape(user); err == nil {
		user = plain
	}
	return user
}

// Escape writes a text as the user of a SIP URI, or as the name or value of one
// of its headers (RFC 3261 §25.1): what url.QueryEscape leaves alone, a SIP URI
// permits, and a space is not a plus.
func Escape(text string) string { return strings.ReplaceAll(url.QueryEscape(text), "+", "%20") }

// HostPort returns where a URI leads over a transport.
func HostPort(uri *sip.Uri, transport string) string {
	port := uri.Port
	if port == 0 {
		port = sip.DefaultPort(transport)
	}
	return net.JoinHostPort(strings.Trim(uri.Host, "[]"), strconv.Itoa(port))
}
