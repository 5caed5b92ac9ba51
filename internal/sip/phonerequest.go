package sip

import (
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/registrar"
	"github.com/switchhook/switchhook/internal/sip/gate"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/sip/transaction"
)

// hasPhones reports whether users have telephones here.
func (s *Server) hasPhones() bool { return s.cfg.Phones != nil && s.cfg.Phones.HasCredentials() }

// hasFlow reports whether a telephone has registered over a flow.
func (s *Server) hasFlow(f registrar.Flow) bool {
	return s.cfg.Phones != nil && s.cfg.Phones.HasFlow(f)
}

// receiveFromPhone takes a request of a user's telephone, which must authenticate;
// false where the request is not one. A trunk may share its address with
// telephones: there, requests of registered flows are challenged, and a request
// with a user's credentials is one of a telephone.
func (s *Server) receiveFromPhone(request *sip.Request, tx *transaction.Server) bool {
	if !s.hasPhones() {
		return false
	}
	given, flow := s.gate.Digest.Credentials(request), flowOf(request)
	known := s.cfg.Phones.HasFlow(flow)
	switch {
	case given != nil && s.isPhoneUser(given.Username):
	case given != nil && s.isTrunkUser(given.Username):
		return false
	case request.Method == sip.REGISTER:
	case known && request.Method == sip.OPTIONS: // a keep-alive
		s.options(request, tx, phoneTerms())
		return true
	case !known:
		return false
	}
	as, ok := s.authenticateUser(request, tx, given, flow)
	if !ok {
		return true
	}
	switch {
	case request.Method == sip.REGISTER && flow.Transport == "UDP" && !known && !s.gate.Digest.WasTold(flow.Source.Addr(), given):
		// Calls will go where the request seems to come from, so it has to be heard there first.
		s.challenge(request, tx, gate.Stale)
	case request.Method == sip.REGISTER:
		if !s.badExtension(request, tx) {
			s.bindPhone(request, tx, as)
		}
	case s.overloaded(request, tx), s.refuseUnsupported(request, tx):
	case request.IsInvite():
		s.receiveInvite(request, tx, s.originPhone(as, request))
	case request.Method == sip.OPTIONS:
		s.options(request, tx, phoneTerms())
	default:
		s.outOfDialog(request, tx, phoneTerms())
	}
	return true
}

func (s *Server) isPhoneUser(userName string) bool {
	_, ok := s.cfg.Phones.Find(userName)
	return ok
}

func (s *Server) isTrunkUser(userName string) bool {
	_, ok := s.trunks.Inbound(userName)
	return ok
}

// authenticateUser finds whose telephone a request comes from. Where it cannot, it
// answers the request.
func (s *Server) authenticateUser(request *sip.Request, tx *transaction.Server, given *digest.Credentials, flow registrar.Flow) (as registrar.Credential, ok bool) {
	if given == nil {
		s.challenge(request, tx, gate.Absent)
		return as, false
	}
	if s.refuseLocked(request, tx, s.cfg.Phones.LockedFor(given.Username, flow)) {
		return as, false
	}
	as, ok = s.cfg.Phones.Find(given.Username) // before: the password may be replaced meanwhile
	switch verdict := s.verifyUser(given, request); verdict {
	case gate.Right:
		s.gate.NotePhone(sourceOf(request), time.Now())
		s.cfg.Phones.PasswordRight(given.Username, flow)
		return as, ok
	case gate.Wrong:
		s.cfg.Phones.PasswordWrong(given.Username, flow)
		s.gate.Counts.NoteUnknown()
		if s.gate.MayWarn(time.Now()) {
			s.log.Warn("wrong user name or password of a telephone", "source", flow.Source.Addr(), "user", header.UnescapeDisplay(given.Username), "method", request.Method)
		}
		s.respond(request, tx, sip.StatusForbidden, "Forbidden")
	default:
		s.challenge(request, tx, verdict)
	}
	return as, false
}

// verifyUser checks a user's credentials.
func (s *Server) verifyUser(given *digest.Credentials, request *sip.Request) gate.Verdict {
	if request.Method != sip.REGISTER && !gate.IsFor(given, request) || !s.gate.Digest.Offers(given) {
		return gate.Absent
	}
	secret, known := s.cfg.Phones.Secret(given.Username, gate.Algorithm(given))
	return s.gate.Digest.Verify(given, request.Method, digest.Options{A1: secret}, known, time.Now())
}

// invitationFrom reads whom a request calls: a trunk's as it stands; for a user's
// telephone also other users, by their phones' names or by raw id.
func (s *Server) invitationFrom(request *sip.Request, from origin) (in call.Invitation, err error) {
	as := from.credential
	if as == nil {
		return invitationOf(request, from.terms, from.terms.callee)
	}
	in, err = invitationOf(request, from.terms, s.calleeOfPhone)
	in.Identities = nil // a telephone attests nobody: that is for networks (RFC 8224)
	in.By, in.IssuedBy = as.Identity.Raw(), as.IssuedBy
	in.From, in.DisplayName, in.Withheld = as.Identity, header.UnescapeDisplay(request.From().DisplayName), header.WantsPrivacy(request)
	if err != nil || as.CallerID == "" {
		return in, err
	}
	in.CallerID, err = identifier.Phone(as.CallerID)
	return in, err
}
