package sip

import (
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/sip/header"
)

// callee is whom an address means that the peer asks for: in the Request-URI of its INVITE,
// in Refer-To, or in the Contact of a 302.
func (l *leg) callee(uri *sip.Uri) (identifier.ID, error) {
	if l.user != "" {
		return l.server.calleeOfPhone(uri)
	}
	return l.terms.callee(uri)
}

// calleeOfPhone is whom an address means that a user's telephone dials: another user, by the
// name of a telephone or by raw id, or a number.
func (s *Server) calleeOfPhone(uri *sip.Uri) (identifier.ID, error) {
	user := header.User(uri)
	if number, ok := s.cfg.Permit.Emergency(header.StripSeparators(user)); ok { // before a colleague with such a name
		return number, nil
	}
	if other, ok := s.cfg.Phones.Find(user); ok {
		return other.Identity, nil
	}
	if number, ok := s.dialled(user); ok {
		return number, nil
	}
	return phoneTerms().callee(uri)
}

// nationalDigits is how many digits a number has at least that may be a national one.
const nationalDigits = 8

// dialled understands digits that a telephone dials without a plus sign as the trunks'
// country writes them: ten digits are a number of North America where the country is 1. Fewer
// digits are an emergency number, another short number or an extension, and stay as they are:
// no carrier takes them behind a plus sign.
func (s *Server) dialled(user string) (number identifier.ID, ok bool) {
	digits := header.StripSeparators(user)
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return number, false
	}
	number, err := identifier.Phone(digits)
	switch {
	case err != nil:
		return number, false
	case len(digits) < nationalDigits:
		return number, !s.cfg.Permit.Owns("+" + digits)
	}
	number = s.cfg.Permit.Normal(number)
	return number, strings.HasPrefix(number.Number(), "+")
}
