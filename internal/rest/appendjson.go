package rest

import (
	"bytes"
	"encoding/json"

	"github.com/switchhook/switchhook/internal/identifier"
)

// AppendText appends a text as encoding/json writes it, with <, > and & escaped.
func AppendText(b []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; isSpecial(c) || c == '<' || c == '>' || c == '&' {
			escaped, _ := json.Marshal(text) // a text cannot fail
			return append(b, escaped...)
		}
	}
	return appendQuoted(b, text)
}

// AppendPlainText is AppendText of an encoder that does not escape HTML.
func AppendPlainText(b []byte, text string) []byte {
	for i := range len(text) {
		if isSpecial(text[i]) {
			escaped := bytes.NewBuffer(b)
			encoder := json.NewEncoder(escaped)
			encoder.SetEscapeHTML(false)
			_ = encoder.Encode(text) // a text cannot fail
			return bytes.TrimSuffix(escaped.Bytes(), []byte("\n"))
		}
	}
	return appendQuoted(b, text)
}

// isSpecial reports whether a byte needs an escape, or a look at those beside it.
func isSpecial(c byte) bool { return c < ' ' || c > '~' || c == '"' || c == '\\' }

func appendQuoted(b []byte, text string) []byte {
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

// AppendJSON appends what MarshalJSON returns, like that of Identifier.
func (i GridIdentifier) AppendJSON(b []byte) ([]byte, error) {
	switch i.Kind() {
	case identifier.CommunicationUser:
		b = append(i.appendHead(b), `,"communicationUser":{"id":`...)
		return append(AppendText(b, i.Raw()), "}}"...), nil
	case identifier.PhoneNumber:
		b = append(i.appendHead(b), `,"phoneNumber":{"value":`...)
		return append(AppendText(b, i.Number()), "}}"...), nil
	}
	text, err := json.Marshal(i)
	return append(b, text...), err
}

func (i GridIdentifier) appendHead(b []byte) []byte {
	b = AppendText(append(b, `{"kind":`...), i.Kind().String())
	return AppendText(append(b, `,"rawId":`...), i.Raw())
}
