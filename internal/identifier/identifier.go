// Package identifier parses raw ids: of users, phone numbers, Teams users and bots. It obeys the raw id table of Azure's
// CommunicationIdentifier.
package identifier

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what an ID names.
type Kind uint8

// The kinds, named as in Azure's CommunicationIdentifierModelKind.
const (
	Unknown Kind = iota
	CommunicationUser
	PhoneNumber
	MicrosoftTeamsUser
	MicrosoftTeamsApp
	TeamsExtensionUser
)

var kindNames = [...]string{"unknown", "communicationUser", "phoneNumber", "microsoftTeamsUser", "microsoftTeamsApp", "teamsExtensionUser"}

// String returns the kind as it is written on the wire.
func (k Kind) String() string { return kindNames[k] }

// MaxLength bounds a raw id, in bytes.
const MaxLength = 512

// ID is a parsed raw id. It is comparable; the zero ID names nobody.
type ID struct {
	raw  string
	kind Kind
}

var errEmpty = errors.New("identifier is empty")

// Parse turns a raw id such as "4:+15551230001" or "8:acs:…" into an ID.
// A text that follows none of the known forms is an ID of kind Unknown; only
// an empty, an overlong or an unprintable text is an error, and so is a phone
// number with characters that no phone number or SIP user has.
func Parse(raw string) (ID, error) {
	if raw == "" {
		return ID{}, errEmpty
	}
	if len(raw) > MaxLength {
		return ID{}, fmt.Errorf("identifier is longer than %d bytes", MaxLength)
	}
	if i := strings.IndexFunc(raw, func(r rune) bool { return r <= ' ' || r == 0x7f }); i >= 0 {
		return ID{}, fmt.Errorf("identifier has a space or control character at byte %d", i)
	}
	id := ID{raw: raw, kind: kindOf(raw)}
	if id.kind == PhoneNumber && !id.IsAnonymous() && !validNumber(id.Number()) {
		return ID{}, fmt.Errorf("%q is not a phone number such as +15551230001", strings.TrimPrefix(raw, "4:"))
	}
	return id, nil
}

// Phone returns the ID of a phone number in E.164 form, such as "+15551230001".
func Phone(number string) (ID, error) { return Parse("4:" + number) }

// User returns the ID of a user of a resource: "8:acs:{resource}_{user}".
func User(resource, user string) ID {
	return ID{raw: "8:acs:" + resource + "_" + user, kind: CommunicationUser}
}

// NewUser makes the ID of a user that did not exist before. Its last part
// looks like the service's own: eight hexadecimal digits, then four groups.
func NewUser(resource string) ID {
	text := append(append(make([]byte, 0, 128), "8:acs:"...), resource...) // does not leave the stack
	return ID{raw: string(AppendGUID(append(text, '_'))), kind: CommunicationUser}
}

// Raw returns the raw id.
func (id ID) Raw() string { return id.raw }

// String returns the raw id.
func (id ID) String() string { return id.raw }

// Kind says what the ID names.
func (id ID) Kind() Kind { return id.kind }

// IsZero reports whether the ID names nobody.
func (id ID) IsZero() bool { return id.raw == "" }

// Number returns the phone number, such as "+15551230001", or "" where the ID
// is none. An asserted id stays part of it, as on the wire.
func (id ID) Number() string {
	if id.kind != PhoneNumber {
		return ""
	}
	return strings.TrimPrefix(id.raw, "4:")
}

// IsAnonymous reports whether the ID is a withheld phone number.
func (id ID) IsAnonymous() bool { return id.raw == "4:anonymous" }

// Resource returns the resource that a communication user belongs to, or "".
func (id ID) Resource() string {
	rest, ok := strings.CutPrefix(id.raw, "8:acs:")
	if !ok || id.kind != CommunicationUser {
		return ""
	}
	resource, _, _ := strings.Cut(rest, "_")
	return resource
}

// prefixes orders the known beginnings of a raw id.
var prefixes = []struct {
	prefix string
	kind   Kind
}{
	{"4:", PhoneNumber},
	{"8:acs:", CommunicationUser},
	{"8:dod-acs:", CommunicationUser},
	{"8:gcch-acs:", CommunicationUser},
	{"8:spool:", CommunicationUser},
	{"8:orgid:", MicrosoftTeamsUser},
	{"8:dod:", MicrosoftTeamsUser},
	{"8:gcch:", MicrosoftTeamsUser},
	{"8:teamsvisitor:", MicrosoftTeamsUser},
	{"28:orgid:", MicrosoftTeamsApp},
	{"28:dod:", MicrosoftTeamsApp},
	{"28:gcch:", MicrosoftTeamsApp},
}

func kindOf(raw string) Kind {
	for _, p := range prefixes {
		rest, ok := strings.CutPrefix(raw, p.prefix)
		if !ok || rest == "" {
			continue
		}
		if p.kind == CommunicationUser && strings.HasSuffix(p.prefix, "acs:") && strings.Count(rest, "_") == 2 {
			return TeamsExtensionUser
		}
		return p.kind
	}
	return Unknown
}

// maxNumber bounds a phone number, in characters.
const maxNumber = 64

// validNumber accepts E.164 with or without its plus sign, short codes, and the
// names that phones without a number call themselves ("alice", "sipp"): on the
// wire all of them are phone numbers. An asserted id may follow an underscore.
func validNumber(number string) bool {
	if digits, _, _ := strings.Cut(number, "_"); strings.Trim(digits, "+") == "" {
		return false
	}
	return len(number) <= maxNumber && strings.IndexFunc(number, notInNumber) < 0
}

// notInNumber leaves what RFC 3261 §25.1 allows in a user without escaping and
// is harmless in a path and in a header.
func notInNumber(r rune) bool {
	switch {
	case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
		return false
	}
	return !strings.ContainsRune("+*#.-_~", r)
}

// IsDialable reports whether the ID is a number that a network can be asked for:
// digits, * and #, after an optional plus sign, 32 at most.
func (id ID) IsDialable() bool {
	digits := strings.TrimPrefix(id.Number(), "+")
	if digits == "" || len(digits) > 32 {
		return false
	}
	return strings.IndexFunc(digits, func(r rune) bool { return (r < '0' || r > '9') && r != '*' && r != '#' }) < 0
}
