package sip

import (
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/registrar"
)

// maxInstance bounds what a telephone calls itself by.
const maxInstance = 128

// registration is what a REGISTER says, once its sender is known. wrong is the
// phrase of a 400 where nobody can tell what is meant.
func registrationOf(request *sip.Request, userName string) (in registrar.Registration, wrong string) {
	in = registrar.Registration{
		UserName: userName, CallID: request.CallID().Value(), CSeq: request.CSeq().SeqNo,
		Flow: flowOf(request), UserAgent: agentOf(request),
	}
	usual := time.Duration(-1)
	if values := headersOf(request, "Expires"); len(values) > 0 {
		if usual, wrong = readExpires(values[0]); wrong != "" {
			return in, wrong
		}
	}
	var contacts []string
	for _, value := range headersOf(request, "Contact") {
		contacts = append(contacts, splitAddresses(value)...)
	}
	if len(contacts) > 2*registrar.MaxDevices {
		return in, "Too Many Contacts"
	}
	for _, text := range contacts {
		if strings.TrimSpace(text) == "*" {
			in.All = true
			continue
		}
		contact, wrong := parseContact(text, usual)
		if wrong != "" {
			return in, wrong
		}
		in.Contacts = append(in.Contacts, contact)
	}
	if in.All && (len(contacts) > 1 || usual != 0) { // RFC 3261 §10.3, step 6
		return in, "Contact * Needs Expires 0 And No Other"
	}
	return in, ""
}

// parseContact reads one Contact of a REGISTER. usual is the Expires header's;
// negative where there is none.
func parseContact(text string, usual time.Duration) (contact registrar.Contact, wrong string) {
	_, uri, ok := parseAddress(text)
	if !ok || uri.Host == "" || !strings.EqualFold(uri.Scheme, "sip") && !strings.EqualFold(uri.Scheme, "sips") {
		return contact, "Unusable Contact"
	}
	contact.URI, contact.Expires = uri.String(), usual
	if len(contact.URI) > registrar.MaxContact || strings.ContainsFunc(contact.URI, func(r rune) bool { return r <= ' ' || r == '<' || r == '>' || r >= 0x7f }) {
		return contact, "Unusable Contact"
	}
	params := text
	if _, after, found := strings.Cut(text, ">"); found {
		params = after
	}
	instance, number := "", ""
	for _, param := range splitQuoted(params, ';')[1:] {
		name, value, _ := strings.Cut(param, "=")
		value = strings.Trim(strings.TrimSpace(value), `"`)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "expires":
			if contact.Expires, wrong = readExpires(value); wrong != "" {
				return contact, wrong
			}
		case "+sip.instance":
			instance = value
		case "reg-id":
			number = value
		}
	}
	if instance != "" && len(instance) <= maxInstance { // several flows of one device are several (RFC 5626 §6)
		contact.Instance = instance + ";" + number[:min(len(number), 10)]
	}
	return contact, ""
}

// readExpires reads a number of seconds. One too large for the header is the
// largest (RFC 3261 §20.19); one that is none is an error.
func readExpires(text string) (time.Duration, string) {
	text = strings.TrimSpace(text)
	if text == "" || strings.Trim(text, "0123456789") != "" {
		return 0, "Unusable Expires"
	}
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		n = 1<<32 - 1
	}
	return time.Duration(n) * time.Second, ""
}

// flowOf is the way that a request came.
func flowOf(request *sip.Request) registrar.Flow {
	return registrar.Flow{Transport: sip.NetworkToUpper(request.Transport()), Source: sourceOf(request)}
}

// agentOf is what a telephone calls itself.
func agentOf(message sip.Message) string {
	for _, value := range headersOf(message, "User-Agent") {
		return readDisplay(value)
	}
	return ""
}
