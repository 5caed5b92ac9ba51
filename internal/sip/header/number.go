package header

import (
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/identifier"
)

// Anonymous is the id of a caller who withholds the number.
var Anonymous, _ = identifier.Phone("anonymous")

// CallerOf makes an id of the address that calls; rewrite makes its number one of
// this server's numbering. A local number stays as it is.
func CallerOf(uri *sip.Uri, rewrite func(string) string) (identifier.ID, error) {
	number := rewrite(StripSeparators(User(uri)))
	if isLocal(uri) {
		return identifier.Phone(number)
	}
	return callerOf(number)
}

// CalleeOf makes an id of the address that is called, as CallerOf does.
func CalleeOf(uri *sip.Uri, rewrite func(string) string) (identifier.ID, error) {
	number := rewrite(StripSeparators(User(uri)))
	if _, ok := E164(number); ok && isLocal(uri) {
		return identifier.Phone(number)
	}
	return calleeOf(number)
}

// isLocal reports whether an address names a number that counts in its
// phone-context alone (RFC 3966 §5.1.5): a plus sign would make another number of it.
func isLocal(uri *sip.Uri) bool {
	subscriber := uri.User // in a SIP URI, the parameters stand in the user (RFC 3261 §19.1.6)
	if strings.EqualFold(uri.Scheme, "tel") {
		subscriber = uri.Raw()
	}
	number, parameters, _ := strings.Cut(strings.ToLower(subscriber), ";")
	return !strings.HasPrefix(number, "+") && !strings.HasPrefix(number, "%2b") &&
		(strings.HasPrefix(parameters, "phone-context=") || strings.Contains(parameters, ";phone-context="))
}

// calleeOf makes an id of the user part that is called: digits are a phone number
// and get their plus sign, anything else stays as it is.
func calleeOf(user string) (identifier.ID, error) {
	if number, ok := E164(user); ok {
		return identifier.Phone(number)
	}
	return identifier.Parse(user)
}

// callerOf makes an id of the user part that calls. Whatever a phone calls itself,
// it is a phone: a trunk must not be able to speak in the name of an identity.
func callerOf(user string) (identifier.ID, error) {
	if number, ok := E164(user); ok {
		return identifier.Phone(number)
	}
	return identifier.Phone(user)
}

// Number returns the number to dial for an id, or "".
func Number(id identifier.ID) string {
	number, _, _ := strings.Cut(id.Number(), "_") // an asserted id is not dialled
	if id.IsAnonymous() {
		return ""
	}
	return number
}

// E164 removes visual separators (RFC 3966 §5.1.1) and adds the plus sign; false
// for what is no number.
func E164(user string) (string, bool) {
	if rest, ok := strings.CutPrefix(user, "+"); ok && rest != "" && strings.Trim(rest, "0123456789") == "" {
		return user, true // as nearly all are written
	}
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

// StripSeparators removes visual separators from a number (RFC 3966 §5.1.1); what
// is none stays as it is.
func StripSeparators(user string) string {
	if number, ok := E164(user); ok && !strings.HasPrefix(user, "+") {
		return number[1:]
	} else if ok {
		return number
	}
	return user
}
