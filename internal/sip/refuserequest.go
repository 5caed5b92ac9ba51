package sip

import (
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
	"github.com/switchhook/switchhook/internal/sip/transaction"
)

// Bounds on a request. The Call-ID is kept.
const (
	maxCallID  = 256
	maxHeaders = 128
	maxBody    = 32 << 10
)

// malformed answers 505 to requests of another version of SIP, and 400 to those that lack
// what every request has, or have more than any needs.
func (s *Server) malformed(request *sip.Request, tx *transaction.Server) bool {
	if request.SipVersion != "SIP/2.0" { // RFC 3261 §21.5.6
		s.gate.Counts.NoteMalformed()
		s.respond(request, tx, sip.StatusVersionNotSupported, "Version Not Supported")
		return true
	}
	wrong := ""
	switch from, cseq := request.From(), request.CSeq(); {
	case from == nil:
		wrong = "Missing From"
	case request.To() == nil:
		wrong = "Missing To"
	case request.CallID() == nil || len(request.CallID().Value()) > maxCallID:
		wrong = "Missing usable Call-ID"
	case cseq == nil || !strings.EqualFold(string(cseq.MethodName), string(request.Method)): // sipgo writes the method of the first line in capitals
		wrong = "Missing CSeq of this method"
	case request.IsInvite() && request.Contact() == nil:
		wrong = "Missing Contact"
	case len(request.Headers()) > maxHeaders:
		wrong = "Too Many Headers"
	case len(request.Body()) > maxBody:
		wrong = "Too Long A Body"
	default:
		return false
	}
	s.gate.Counts.NoteMalformed()
	s.respond(request, tx, sip.StatusBadRequest, wrong)
	return true
}

const statusUnsupportedURIScheme = 416 // sipgo has HTTP's name of it

// refuseUnsupported refuses what this server cannot do or, while it stops, must not
// begin.
func (s *Server) refuseUnsupported(request *sip.Request, tx *transaction.Server) bool {
	if scheme := strings.ToLower(request.Recipient.Scheme); scheme != "sip" && scheme != "sips" && scheme != "tel" { // RFC 3261 §8.2.2.1
		s.respond(request, tx, statusUnsupportedURIScheme, "Unsupported URI Scheme")
		return true
	}
	if s.badExtension(request, tx) {
		return true
	}
	// A server that forwards calls may be part of a loop: it counts hops like a proxy.
	if hops := request.MaxForwards(); hops != nil && hops.Val() == 0 && request.IsInvite() {
		s.respond(request, tx, sip.StatusTooManyHops, "Too Many Hops")
		return true
	}
	if s.draining.Load() && (request.IsInvite() || request.Method == sip.OPTIONS) {
		s.refuseBusy(request, tx)
		return true
	}
	return false
}

func (s *Server) notAllowed(request *sip.Request, tx *transaction.Server, with terms) {
	s.respond(request, tx, sip.StatusMethodNotAllowed, "Method Not Allowed", with.allow())
}

func (s *Server) refuseBusy(request *sip.Request, tx *transaction.Server) {
	s.gate.Counts.NoteBusy()
	s.respond(request, tx, sip.StatusServiceUnavailable, "Service Unavailable", s.retryAfter())
}

func (s *Server) retryAfter() sip.Header {
	return sip.NewHeader("Retry-After", strconv.Itoa(max(1, int(s.cfg.RetryAfter.Seconds()))))
}
