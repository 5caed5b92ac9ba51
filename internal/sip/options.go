package sip

import (
	"slices"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// extensions are the option tags that we understand (RFC 3261 §19.2): session
// timers (RFC 4028), reliable ringing (RFC 3262) and dialogs that take the place of others (RFC 3891),
// transfers whose end nobody is told of (RFC 4488).
const extensions = "timer, 100rel, replaces, norefersub"

// compact are the short names of headers that sipgo leaves as they came.
var compact = map[string]string{
	"Supported": "k", "Session-Expires": "x", "Refer-To": "r", "Referred-By": "b", "Event": "o",
}

// headersOf returns the values of a header under both its names.
func headersOf(message sip.Message, name string) (list []string) {
	for _, header := range message.GetHeaders(name) {
		list = append(list, header.Value())
	}
	if short, ok := compact[name]; ok {
		for _, header := range message.GetHeaders(short) {
			list = append(list, header.Value())
		}
	}
	return list
}

// tokens returns the comma-separated values of a header, all its lines together.
func tokens(message sip.Message, name string) (list []string) {
	for _, line := range headersOf(message, name) {
		for _, value := range strings.Split(line, ",") {
			if value = strings.TrimSpace(value); value != "" {
				list = append(list, value)
			}
		}
	}
	return list
}

// names reports whether a header of tokens has one of them.
func names(message sip.Message, header, token string) bool {
	return slices.ContainsFunc(tokens(message, header), func(t string) bool { return strings.EqualFold(t, token) })
}

// supports reports whether the sender of a message understands an extension.
func supports(message sip.Message, option string) bool {
	return names(message, "Supported", option) || names(message, "Require", option)
}

// unsupported returns the extensions that a request requires and we lack.
func unsupported(request *sip.Request) (list []string) {
	known := strings.Split(extensions, ", ")
	if request.Method == sip.REGISTER {
		known = append(known, "outbound") // RFC 5626
	}
	for _, option := range tokens(request, "Require") {
		if !slices.Contains(known, strings.ToLower(option)) {
			list = append(list, option)
		}
	}
	return list
}

// badExtension answers 420 to a request that requires what we do not know
// (RFC 3261 §8.2.2.3).
func (s *Server) badExtension(request *sip.Request, tx *sip.ServerTx) bool {
	missing := unsupported(request)
	if len(missing) == 0 {
		return false
	}
	s.respond(request, tx, sip.StatusBadExtension, "Bad Extension", sip.NewHeader("Unsupported", strings.Join(missing, ", ")))
	return true
}
