package sip

import (
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"

	"github.com/switchhook/switchhook/internal/sip/gate"
	"github.com/switchhook/switchhook/internal/trunk"
)

// authenticates reports whether anybody may call in by credentials.
func (s *Server) authenticates() bool { return s.trunks.Authenticates() || s.hasPhones() }

// caller finds the trunk that a request comes from, by its address or else by
// its credentials. What it cannot find it answers.
func (s *Server) caller(request *sip.Request, tx *sip.ServerTx) (*trunk.Trunk, bool) {
	source, now := sourceOf(request), time.Now()
	if from, ok := s.trunks.From(source.Addr()); ok {
		return from, true
	}
	if !s.authenticates() {
		s.gate.NoteRefused(source.Addr(), request.Method, now)
		s.respond(request, tx, sip.StatusForbidden, "Forbidden")
		return nil, false
	}
	from, verdict := s.authenticateTrunk(request, now)
	switch verdict {
	case gate.Right:
		s.gate.NoteAuthenticated(request.Transport(), source, now)
		return from, true
	case gate.Wrong:
		s.gate.NoteRefused(source.Addr(), request.Method, now)
		s.respond(request, tx, sip.StatusForbidden, "Forbidden")
	default:
		s.challenge(request, tx, verdict)
	}
	return nil, false
}

// authenticateTrunk finds the trunk whose inbound credentials a request bears.
func (s *Server) authenticateTrunk(request *sip.Request, now time.Time) (*trunk.Trunk, gate.Verdict) {
	given := s.gate.Digest.Credentials(request)
	if given == nil || !gate.IsFor(given, request) || !s.gate.Digest.Offers(given) {
		return nil, gate.Absent
	}
	found, known := s.trunks.Inbound(given.Username)
	password := "" // an unknown name costs as much time as a known one
	if known {
		password = string(found.InboundPassword)
	}
	return found, s.gate.Digest.Verify(given, request.Method, digest.Options{Password: password}, known, now)
}

// challenge asks for credentials.
func (s *Server) challenge(request *sip.Request, tx *sip.ServerTx, verdict gate.Verdict) {
	s.respond(request, tx, sip.StatusUnauthorized, "Unauthorized", s.gate.Digest.Challenges(verdict == gate.Stale, time.Now())...)
}
