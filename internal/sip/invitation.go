package sip

import (
	"fmt"
	"strings"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/sip/header"
)

// invitationOf reads who calls whom; callee finds whom an address means. An error says that
// the callee cannot be anybody.
func invitationOf(request *sip.Request, with terms, callee header.Identify) (call.Invitation, error) {
	to, err := callee(calledAddress(request, with.account))
	if err != nil {
		return call.Invitation{}, fmt.Errorf("callee: %w", err)
	}
	identify := func(uri *sip.Uri) (identifier.ID, error) {
		return header.CallerOf(uri, func(number string) string { return with.rewriting.In(number, with.rewriting.CallingIn) })
	}
	from, display := header.CallerIdentity(request, identify)
	in := call.Invitation{
		From: from, To: to, DisplayName: display, SIPHeaders: header.ReadCustom(request),
		Diverted: header.Diverted(request, identify), Identities: header.Identities(request),
	}
	if hops := request.MaxForwards(); hops != nil {
		in.Hops = int(hops.Val())
	}
	return in, nil
}

// callee is whom an address means that a trunk asks for, in an INVITE or a REFER.
func (t terms) callee(uri *sip.Uri) (identifier.ID, error) {
	return header.CalleeOf(uri, func(number string) string { return t.rewriting.In(number, t.rewriting.CalledIn) })
}

// calledAddress is whom a call through a trunk is for: its Request-URI.
// Where that is the account that we have registered, the callee is elsewhere:
// in P-Called-Party-ID (RFC 7315 §4.2), or else in To.
func calledAddress(request *sip.Request, account string) *sip.Uri {
	called := &request.Recipient
	if account == "" || !strings.EqualFold(header.User(called), account) {
		return called
	}
	for _, value := range header.Values(request, "P-Called-Party-ID") {
		if _, uri, ok := header.ParseAddress(value); ok && header.User(&uri) != "" {
			return &uri
		}
	}
	if to := request.To(); to != nil && header.User(&to.Address) != "" {
		return &to.Address
	}
	return called
}

// addAttestation tells the application what the Identity header says, in the
// header of the configuration, which no caller may write himself.
func (s *Server) addAttestation(headers map[string]string, attestation string) map[string]string {
	name, ok := header.CustomName(s.cfg.AttestationHeader)
	if !ok {
		return headers
	}
	header.Without(headers, name)
	if attestation == "" {
		return headers
	}
	if headers == nil {
		headers = make(map[string]string)
	}
	headers[name] = attestation
	return headers
}
