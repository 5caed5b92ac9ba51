package rest

import (
	"encoding/json"
	"reflect"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// Phone is a phone number alone, {"value":"+1…"}, as sourceCallerIdNumber has it.
// The zero Phone is null.
type Phone struct{ identifier.ID }

// MarshalJSON writes the number.
func (p Phone) MarshalJSON() ([]byte, error) {
	if p.IsZero() {
		return []byte("null"), nil
	}
	return json.Marshal(phoneOf(p.ID))
}

// UnmarshalJSON reads a number; a malformed one is fault.Invalid.
func (p *Phone) UnmarshalJSON(text []byte) error {
	var wire wirePhone
	if string(text) == "null" {
		return nil
	}
	if err := json.Unmarshal(text, &wire); err != nil {
		return err
	}
	id, err := identifier.Parse(wire.raw())
	if err != nil || id.Kind() != identifier.PhoneNumber {
		return noNumber("", wire.Value)
	}
	p.ID = id
	return nil
}

// noNumber refuses what is not a phone number; field tells where it stands, with a space behind.
func noNumber(field, value string) error {
	return fault.Invalid("%s%q is not a phone number in E.164 form, such as +15551230001", field, clip(value))
}

func (Phone) model() reflect.Type { return reflect.TypeFor[wirePhone]() }

// User is a communication user alone, {"id":"8:acs:…"}, as source and answeredBy
// have it. The zero User is null.
type User struct{ identifier.ID }

// MarshalJSON writes the id.
func (u User) MarshalJSON() ([]byte, error) {
	if u.IsZero() {
		return []byte("null"), nil
	}
	return json.Marshal(wireUser{ID: u.Raw()})
}

// UnmarshalJSON reads an id; one that names no user is fault.Invalid.
func (u *User) UnmarshalJSON(text []byte) error {
	var wire wireUser
	if string(text) == "null" {
		return nil
	}
	if err := json.Unmarshal(text, &wire); err != nil {
		return err
	}
	id, err := identifier.Parse(wire.ID)
	if err != nil || (id.Kind() != identifier.CommunicationUser && id.Kind() != identifier.TeamsExtensionUser) {
		return fault.Invalid("%q is not a user id such as 8:acs:{resource}_{user}", clip(wire.ID))
	}
	u.ID = id
	return nil
}

func (User) model() reflect.Type { return reflect.TypeFor[wireUser]() }
