package header

import (
	"strings"

	"github.com/switchhook/switchhook/internal/identifier"
)

// Anonymous is the id of a caller who withholds the number.
var Anonymous, _ = identifier.Phone("anonymous")

// Callee makes an id of the user part that is called: digits are a phone number
// and get their plus sign, anything else stays as it is.
func Callee(user string) (identifier.ID, error) {
	if number, ok := E164(user); ok {
		return identifier.Phone(number)
	}
	return identifier.Parse(user)
}

// Caller makes an id of the user part that calls. Whatever a phone calls itself,
// it is a phone: a trunk must not be able to speak in the name of an identity.
func Caller(user string) (identifier.ID, error) {
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
