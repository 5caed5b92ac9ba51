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
	var open strings.Builder
	brackets := 0 // that are open
	for _, part := range splitQuoted(value, ',') {
		open.WriteString(part)
		plain := unquoted(part)
		if brackets += strings.Count(plain, "<") - strings.Count(plain, ">"); brackets > 0 {
			open.WriteByte(',')
			continue
		}
		list, brackets = append(list, open.String()), 0
		open.Reset()
	}
	return list
}

// unquoted is a text without what stands in quotes.
func unquoted(text string) string {
	if strings.IndexByte(text, '"') < 0 {
		return text
	}
	var plain strings.Builder
	quoted := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case !quoted:
			plain.WriteByte(c)
		}
	}
	return plain.String()
}

// cutAddress cuts a name-addr or an addr-spec into its display name, which may hold
// anything in its quotes, its address, and what follows that.
func cutAddress(text string) (display, uri, params string, ok bool) {
	parts := splitQuoted(text, '<')
	if len(parts) == 1 {
		uri, params, _ = strings.Cut(text, ";")
		return "", strings.TrimSpace(uri), params, true
	}
	display = strings.Trim(strings.TrimSpace(parts[0]), `"`)
	uri, params, ok = strings.Cut(text[len(parts[0])+1:], ">")
	_, params, _ = strings.Cut(params, ";")
	return display, strings.TrimSpace(uri), params, ok
}

// ParseAddress reads a name-addr or an addr-spec with parameters.
func ParseAddress(text string) (display string, uri sip.Uri, ok bool) {
	display, raw, _, ok := cutAddress(text)
	if !ok {
		return "", uri, false
	}
	raw, _, _ = strings.Cut(raw, "?")
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

// EscapeNumber writes a number as the user of a SIP URI: of the characters that numbers have
// here, the hash alone must be escaped (RFC 3261 §25.1).
func EscapeNumber(number string) string { return strings.ReplaceAll(number, "#", "%23") }

// HostPort returns where a URI leads over a transport.
func HostPort(uri *sip.Uri, transport string) string {
	port := uri.Port
	if port == 0 {
		port = sip.DefaultPort(transport)
	}
	return net.JoinHostPort(strings.Trim(uri.Host, "[]"), strconv.Itoa(port))
}
