package sip

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/registrar"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/sip/transaction"
)

// bindPhone takes an authenticated telephone's REGISTER (RFC 3261 §10.3).
func (s *Server) bindPhone(request *sip.Request, tx *transaction.Server, as registrar.Credential) {
	if header.User(&request.To().Address) != as.UserName { // nobody registers for others
		s.respond(request, tx, sip.StatusForbidden, "Forbidden", header.Warning(s.cfg.UserAgent, errors.New("the To of a REGISTER must name the user who signs it")))
		return
	}
	in, wrong := readBindings(request, as.UserName)
	if wrong != "" {
		s.respond(request, tx, sip.StatusBadRequest, wrong)
		return
	}
	in.As = as
	devices, err := s.cfg.Phones.Register(s.ctx, in)
	switch {
	case errors.Is(err, registrar.ErrTooBrief):
		s.respond(request, tx, sip.StatusIntervalToBrief, "Interval Too Brief", sip.NewHeader("Min-Expires", header.Seconds(s.cfg.Phones.MinExpires())))
		return
	case errors.Is(err, registrar.ErrOrder):
		s.respond(request, tx, sip.StatusInternalServerError, "CSeq Out Of Order")
		return
	case errors.Is(err, registrar.ErrReplaced):
		s.respond(request, tx, sip.StatusForbidden, "Forbidden")
		return
	case errors.Is(err, registrar.ErrTooMany):
		s.respond(request, tx, sip.StatusForbidden, "Too Many Phones", header.Warning(s.cfg.UserAgent, err))
		return
	case err != nil:
		s.log.Error("cannot store the registration of a telephone", "user", as.UserName, "error", err)
		s.respond(request, tx, sip.StatusInternalServerError, "Server Internal Error", s.retryAfter())
		return
	}
	s.respond(request, tx, sip.StatusOK, "OK", bindingFields(request, in, devices)...)
}

// bindingFields are the headers of the 200: all that the user has registered, what the
// request asked for first, since some phones read but one.
func bindingFields(request *sip.Request, in registrar.Request, devices []registrar.Binding) (list []sip.Header) {
	now := time.Now()
	own, others := []sip.Header(nil), []sip.Header(nil)
	for _, d := range devices {
		left := max(1, int(d.Expires.Sub(now).Round(time.Second).Seconds()))
		field := sip.NewHeader("Contact", fmt.Sprintf("<%s>%s;expires=%d", d.Contact, header.Instance(d.Instance), left))
		if d.Flow == in.Flow && slices.ContainsFunc(in.Contacts, func(c registrar.Contact) bool { return c.URI == d.Contact }) {
			own = append(own, field)
		} else {
			others = append(others, field)
		}
	}
	list = append(own, others...)
	list = append(list, sip.NewHeader("Date", now.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")))
	if header.Supports(request, "path") { // RFC 3327 §5.3
		for _, value := range header.Values(request, "Path") {
			list = append(list, sip.NewHeader("Path", value))
		}
	}
	// RFC 5626 §6: the phone may count on its connection, and keeps it alive by
	// empty lines. Flows over UDP are not promised.
	if in.Flow.Transport != "UDP" && header.Supports(request, "outbound") && namesFlow(in) {
		list = append(list, sip.NewHeader("Require", "outbound"), sip.NewHeader("Flow-Timer", "120"))
	}
	return list
}

func namesFlow(in registrar.Request) bool {
	for _, contact := range in.Contacts {
		if _, number, ok := strings.Cut(contact.Instance, ";"); ok && number != "" {
			return true
		}
	}
	return false
}

// readBindings reads what a REGISTER asks for, once its sender is known. wrong is the
// phrase of a 400 where nobody can tell what is meant.
func readBindings(request *sip.Request, userName string) (in registrar.Request, wrong string) {
	in = registrar.Request{
		UserName: userName, CallID: strings.Clone(request.CallID().Value()), // kept as long as the binding
		CSeq: request.CSeq().SeqNo,
		Flow: flowOf(request), UserAgent: header.UserAgent(request),
	}
	if in.Path, wrong = header.Path(request, registrar.MaxPath); wrong != "" {
		return in, wrong
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
	if len(contacts) > 2*registrar.MaxBindings {
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

// flowOf is the flow (RFC 5626) that a request came over.
func flowOf(request *sip.Request) registrar.Flow {
	return registrar.Flow{Transport: sip.NetworkToUpper(request.Transport()), Source: sourceOf(request)}
}
