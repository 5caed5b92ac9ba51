package parse

import (
	"strings"

	"github.com/emiago/sipgo/sip"
)

// readAddress reads a name-addr or an addr-spec with the parameters behind it (RFC 3261
// §20.10): one, and no list.
func (f *usualFields) readAddress(value string, display *string, uri *sip.Uri, parameters *sip.HeaderParams) (ok bool) {
	name, rest, inBrackets := strings.Cut(value, "<")
	if !inBrackets { // what follows a semicolon belongs to the field
		text, rest, more := strings.Cut(value, ";")
		if !f.readURI(text, uri) {
			return false
		}
		if more {
			*parameters, ok = f.readParameters(rest)
			return ok
		}
		return true
	}
	if *display, ok = displayName(name); !ok {
		return false
	}
	text, rest, closed := strings.Cut(rest, ">")
	if !closed || !f.readURI(text, uri) {
		return false
	}
	if rest == "" {
		return true
	}
	if rest[0] != ';' {
		return false
	}
	*parameters, ok = f.readParameters(rest[1:])
	return ok
}

// displayName reads what stands before an address in brackets: a quoted string without
// escapes, tokens, or nothing.
func displayName(text string) (name string, ok bool) {
	if text == "" {
		return "", true
	}
	if text[0] != '"' {
		name = strings.TrimSuffix(text, " ")
		for word := range strings.SplitSeq(name, " ") {
			if !isToken(word) {
				return "", false
			}
		}
		return name, true
	}
	name, rest, closed := strings.Cut(text[1:], `"`)
	return name, closed && (rest == "" || rest == " ") && strings.IndexByte(name, '\\') < 0
}

// readRoute reads an address in brackets, and nothing beside it.
func (f *usualFields) readRoute(value string, uri *sip.Uri) bool {
	text, opened := strings.CutPrefix(value, "<")
	text, closed := strings.CutSuffix(text, ">")
	return opened && closed && f.readURI(text, uri)
}

// readURI reads "sip:user@host:port;name=value" (RFC 3261 §19.1.1), without a password or
// header fields.
func (f *usualFields) readURI(text string, uri *sip.Uri) (ok bool) {
	uri.Scheme = "sip"
	rest, isSIP := strings.CutPrefix(text, "sip:")
	if !isSIP {
		uri.Scheme = "sips"
		if rest, isSIP = strings.CutPrefix(text, "sips:"); !isSIP {
			return false
		}
	}
	if at := strings.IndexByte(rest, '@'); at >= 0 {
		if !consistsOf(rest[:at], inUser) {
			return false
		}
		uri.User, rest = rest[:at], rest[at+1:]
	}
	host, parameters, more := strings.Cut(rest, ";")
	if uri.Host, uri.Port, ok = readHost(host); ok && more {
		uri.UriParams, ok = f.readParameters(parameters)
	}
	return ok
}
