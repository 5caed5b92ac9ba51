package header

import (
	"strings"
	"time"
)

// maxInstance bounds what a telephone calls itself by.
const maxInstance = 128

// Contact is a binding that a REGISTER asks for (RFC 3261 §10.2).
type Contact struct {
	URI      string
	Instance string        // tells devices apart whatever their addresses (RFC 5626); "" where the phone names none
	Expires  time.Duration // 0 ends it; negative: the phone leaves it to the registrar
}

// ParseContact reads one Contact of a REGISTER. usual is the Expires field's;
// negative where there is none. wrong is the phrase of a 400.
func ParseContact(text string, usual time.Duration) (contact Contact, wrong string) {
	_, uri, ok := ParseAddress(text)
	if !ok || uri.Host == "" || !strings.EqualFold(uri.Scheme, "sip") && !strings.EqualFold(uri.Scheme, "sips") {
		return contact, UnusableContact
	}
	contact.URI, contact.Expires = uri.String(), usual
	if strings.ContainsFunc(contact.URI, func(r rune) bool { return r <= ' ' || r == '<' || r == '>' || r >= 0x7f }) {
		return contact, UnusableContact
	}
	_, _, params, _ := cutAddress(text)
	instance, flow := "", ""
	for _, param := range splitQuoted(params, ';') {
		name, value, _ := strings.Cut(param, "=")
		value = strings.Trim(strings.TrimSpace(value), `"`)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "expires":
			if contact.Expires, wrong = ParseExpires(value); wrong != "" {
				return contact, wrong
			}
		case "+sip.instance":
			instance = value
		case "reg-id":
			flow = value
		}
	}
	if instance != "" && len(instance) <= maxInstance { // several flows of one device are several (RFC 5626 §6)
		contact.Instance = instance + ";" + flow[:min(len(flow), 10)]
	}
	return contact, ""
}

// UnusableContact is the phrase of a 400 to a Contact that nobody could call.
const UnusableContact = "Unusable Contact"

// Instance writes a Contact's Instance as its parameters (RFC 5626 §11.1); "" where there is
// none, or none that could stand in a message.
func Instance(of string) string {
	at := strings.LastIndexByte(of, ';')
	if at < 0 || strings.ContainsFunc(of, func(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }) {
		return ""
	}
	text := `;+sip.instance="` + of[:at] + `"`
	if flow := of[at+1:]; flow != "" && strings.Trim(flow, "0123456789") == "" {
		text += ";reg-id=" + flow
	}
	return text
}
