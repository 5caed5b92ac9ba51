package sip

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/trunk"
)

// anonymous is the id of a caller who withholds the number.
var anonymous, _ = identifier.Phone("anonymous")

// invitationOf reads who calls whom. An error says that the callee cannot be
// anybody.
func invitationOf(request *sip.Request, via *trunk.Trunk) (call.Invitation, error) {
	to, err := identify(via.Rewriting.In(plain(called(request, via)), via.Rewriting.CalledIn))
	if err != nil {
		return call.Invitation{}, fmt.Errorf("callee: %w", err)
	}
	from, display := callerIdentity(request, via)
	in := call.Invitation{From: from, To: to, DisplayName: display, SIPHeaders: readCustom(request), Diverted: diverted(request, via)}
	in.Identities = identities(request)
	if hops := request.MaxForwards(); hops != nil {
		in.Hops = int(hops.Val())
	}
	return in, nil
}

// userOf returns the user of a SIP URI, or the number of a tel URI.
func userOf(uri *sip.Uri) string {
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

// callerOf makes the id of a caller. Whatever a phone calls itself, it is a
// phone: a trunk must not be able to speak in the name of an identity.
func callerOf(user string, via *trunk.Trunk) (identifier.ID, error) {
	user = via.Rewriting.In(plain(user), via.Rewriting.CallingIn)
	if number, ok := e164(user); ok {
		return identifier.Phone(number)
	}
	return identifier.Phone(user)
}

// identify makes an id of a callee: digits are a phone number and get their
// plus sign, anything else stays as it is.
func identify(user string) (identifier.ID, error) {
	if number, ok := e164(user); ok {
		return identifier.Phone(number)
	}
	return identifier.Parse(user)
}

// plain removes visual separators from a number (RFC 3966 §5.1.1); what is none
// stays as it is.
func plain(user string) string {
	if number, ok := e164(user); ok && !strings.HasPrefix(user, "+") {
		return number[1:]
	} else if ok {
		return number
	}
	return user
}

// called is whom a call through a trunk is for: the user of its Request-URI.
// Where that is the account that we have registered, the callee is elsewhere:
// in P-Called-Party-ID (RFC 7315 §4.2), or else in To.
func called(request *sip.Request, via *trunk.Trunk) string {
	user := userOf(&request.Recipient)
	if via.Register == nil || !strings.EqualFold(user, via.Register.User) {
		return user
	}
	for _, value := range headersOf(request, "P-Called-Party-ID") {
		if _, uri, ok := parseAddress(value); ok && userOf(&uri) != "" {
			return userOf(&uri)
		}
	}
	if to := request.To(); to != nil && userOf(&to.Address) != "" {
		return userOf(&to.Address)
	}
	return user
}

// e164 removes visual separators (RFC 3966 §5.1.1) and adds the plus sign.
func e164(user string) (string, bool) {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune("-.() ", r) {
			return -1
		}
		return r
	}, user)
	digits = strings.TrimPrefix(digits, "+")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return "", false
	}
	return "+" + digits, true
}

// withheld reports whether the caller hides the number (RFC 3323).
func withheld(from *sip.Uri) bool {
	switch strings.ToLower(from.User) {
	case "anonymous", "restricted", "unavailable", "unknown", "":
		return true
	}
	return strings.EqualFold(from.Host, "anonymous.invalid")
}

// numberOf returns the number to dial for an id, or "".
func numberOf(id identifier.ID) string {
	number, _, _ := strings.Cut(id.Number(), "_") // an asserted id is not dialled
	if id.IsAnonymous() {
		return ""
	}
	return number
}
