package rest

import (
	"encoding/json"

	"github.com/switchhook/switchhook/internal/appendjson"
	"github.com/switchhook/switchhook/internal/identifier"
)

// AppendJSON appends what MarshalJSON returns. Users and phone numbers, which are in
// most events, go without reflection.
func (i Identifier) AppendJSON(b []byte) ([]byte, error) {
	switch i.Kind() {
	case identifier.CommunicationUser:
		b = i.appendHead(b)
		b = append(b, `,"communicationUser":{"id":`...)
		return append(appendjson.Text(b, i.Raw()), "}}"...), nil
	case identifier.PhoneNumber:
		if phone := phoneOf(i.ID); !phone.IsAnonymous && phone.AssertedID == "" {
			b = i.appendHead(b)
			b = append(b, `,"phoneNumber":{"value":`...)
			return append(appendjson.Text(b, phone.Value), "}}"...), nil
		}
	}
	text, err := json.Marshal(i)
	return append(b, text...), err
}

func (i Identifier) appendHead(b []byte) []byte {
	b = appendjson.Text(append(b, `{"rawId":`...), i.Raw())
	return appendjson.Text(append(b, `,"kind":`...), i.Kind().String())
}

// AppendJSON appends what MarshalJSON returns, like that of Identifier.
func (i GridIdentifier) AppendJSON(b []byte) ([]byte, error) {
	switch i.Kind() {
	case identifier.CommunicationUser:
		b = append(i.appendHead(b), `,"communicationUser":{"id":`...)
		return append(appendjson.Text(b, i.Raw()), "}}"...), nil
	case identifier.PhoneNumber:
		b = append(i.appendHead(b), `,"phoneNumber":{"value":`...)
		return append(appendjson.Text(b, i.Number()), "}}"...), nil
	}
	text, err := json.Marshal(i)
	return append(b, text...), err
}

func (i GridIdentifier) appendHead(b []byte) []byte {
	b = appendjson.Text(append(b, `{"kind":`...), i.Kind().String())
	return appendjson.Text(append(b, `,"rawId":`...), i.Raw())
}

// AppendJSON appends what MarshalJSON returns.
func (p Phone) AppendJSON(b []byte) ([]byte, error) {
	if phone := phoneOf(p.ID); !p.IsZero() && !phone.IsAnonymous && phone.AssertedID == "" {
		return append(appendjson.Text(append(b, `{"value":`...), phone.Value), '}'), nil
	}
	text, err := json.Marshal(p)
	return append(b, text...), err
}

// AppendJSON appends what MarshalJSON returns.
func (u User) AppendJSON(b []byte) ([]byte, error) {
	if u.IsZero() {
		return append(b, "null"...), nil
	}
	return append(appendjson.Text(append(b, `{"id":`...), u.Raw()), '}'), nil
}
