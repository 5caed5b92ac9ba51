package rest

import (
	"encoding/json"

	"github.com/switchhook/switchhook/internal/identifier"
)

// AppendText appends a text as encoding/json writes it, with <, > and & escaped.
func AppendText(b []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			escaped, _ := json.Marshal(text) // a text cannot fail
			return append(b, escaped...)
		}
	}
	b = append(b, '"')
	b = append(b, text...)
	return append(b, '"')
}

// AppendJSON appends what MarshalJSON returns. Users and phone numbers, which are in
// most events, go without reflection.
func (i Identifier) AppendJSON(b []byte) ([]byte, error) {
	switch i.Kind() {
	case identifier.CommunicationUser:
		b = i.appendHead(b)
		b = append(b, `,"communicationUser":{"id":`...)
		return append(AppendText(b, i.Raw()), "}}"...), nil
	case identifier.PhoneNumber:
		if phone := phoneOf(i.ID); !phone.IsAnonymous && phone.AssertedID == "" {
			b = i.appendHead(b)
			b = append(b, `,"phoneNumber":{"value":`...)
			return append(AppendText(b, phone.Value), "}}"...), nil
		}
	}
	text, err := json.Marshal(i)
	return append(b, text...), err
}

func (i Identifier) appendHead(b []byte) []byte {
	b = AppendText(append(b, `{"rawId":`...), i.Raw())
	return AppendText(append(b, `,"kind":`...), i.Kind().String())
}
