package sip

import (
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/registrar"
	"github.com/switchhook/switchhook/internal/sip/header"
)

// registration is what a REGISTER says, once its sender is known. wrong is the
// phrase of a 400 where nobody can tell what is meant.
func registrationOf(request *sip.Request, userName string) (in registrar.Registration, wrong string) {
	in = registrar.Registration{
		UserName: userName, CallID: request.CallID().Value(), CSeq: request.CSeq().SeqNo,
		Flow: flowOf(request), UserAgent: header.UserAgent(request),
	}
	usual := time.Duration(-1)
	if values := header.Values(request, "Expires"); len(values) > 0 {
		if usual, wrong = header.ParseExpires(values[0]); wrong != "" {
			return in, wrong
		}
	}
	var contacts []string
	for _, value := range header.Values(request, "Contact") {
		contacts = append(contacts, header.SplitAddresses(value)...)
	}
	if len(contacts) > 2*registrar.MaxDevices {
		return in, "Too Many Contacts"
	}
	for _, text := range contacts {
		if strings.TrimSpace(text) == "*" {
			in.All = true
			continue
		}
		contact, wrong := header.ParseContact(text, usual)
		if wrong == "" && len(contact.URI) > registrar.MaxContact {
			wrong = header.UnusableContact
		}
		if wrong != "" {
			return in, wrong
		}
		in.Contacts = append(in.Contacts, registrar.Contact(contact))
	}
	if in.All && (len(contacts) > 1 || usual != 0) { // RFC 3261 §10.3, step 6
		return in, "Contact * Needs Expires 0 And No Other"
	}
	return in, ""
}

// flowOf is the way that a request came.
func flowOf(request *sip.Request) registrar.Flow {
	return registrar.Flow{Transport: sip.NetworkToUpper(request.Transport()), Source: sourceOf(request)}
}
