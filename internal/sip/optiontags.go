package sip

import (
	"slices"
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/sip/transaction"
)

// extensions are the option tags that we understand (RFC 3261 §19.2): session
// timers (RFC 4028), reliable ringing (RFC 3262) and dialogs that take the place of others (RFC 3891),
// transfers whose end nobody is told of (RFC 4488).
const extensions = "timer, 100rel, replaces, norefersub"

var knownExtensions = strings.Split(extensions, ", ")

// unsupported returns the extensions that a request requires and we lack.
func unsupported(request *sip.Request) (list []string) {
	for _, option := range header.Tokens(request, "Require") {
		name := strings.ToLower(option)
		isKnown := slices.Contains(knownExtensions, name) || (name == "outbound" || name == "path") && request.Method == sip.REGISTER // RFC 5626, RFC 3327
		if !isKnown {
			list = append(list, option)
		}
	}
	return list
}

// badExtension answers 420 to a request that requires what we do not know
// (RFC 3261 §8.2.2.3).
func (s *Server) badExtension(request *sip.Request, tx *transaction.Server) bool {
	missing := unsupported(request)
	if len(missing) == 0 {
		return false
	}
	s.respond(request, tx, sip.StatusBadExtension, "Bad Extension", sip.NewHeader("Unsupported", strings.Join(missing, ", ")))
	return true
}
