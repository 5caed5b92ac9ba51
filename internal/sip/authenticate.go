package sip

import (
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"

	"github.com/switchhook/switchhook/internal/sip/gate"
	"github.com/switchhook/switchhook/internal/sip/header"
	"github.com/switchhook/switchhook/internal/sip/transaction"
	"github.com/switchhook/switchhook/internal/trunk"
)

// authenticates reports whether anybody may call in by credentials.
func (s *Server) authenticates() bool { return s.trunks.Authenticates() || s.hasPhones() }

// caller finds the trunk that a request comes from, by its address or else by
// its credentials. What it cannot find it answers. Over WebSocket only credentials
// count: any web page that a machine of the trunk opens can connect from its address.
func (s *Server) caller(request *sip.Request, tx *transaction.Server) (*trunk.Trunk, bool) {
	source, now := sourceOf(request), time.Now()
	if from, ok := s.trunkOf(request, source); ok && !isWebSocket(request.Transport()) {
		return from, true
	}
	if !s.authenticates() {
		s.gate.NoteRefused(source.Addr(), request.Method, now)
		s.respond(request, tx, sip.StatusForbidden, "Forbidden")
		return nil, false
	}
	given := s.gate.Digest.Credentials(request)
	if given != nil && s.refuseLocked(request, tx, s.guesses.Wait(given.Username, source.Addr(), now)) {
		return nil, false
	}
	from, verdict := s.authenticateTrunk(request, given, now)
	switch verdict {
	case gate.Right:
		s.guesses.Right(given.Username, source.Addr(), now)
		s.gate.NoteAuthenticated(request.Transport(), source, now)
		return from, true
	case gate.Wrong:
		s.guesses.Fault(given.Username, source.Addr(), now)
		s.gate.NoteRefused(source.Addr(), request.Method, now)
		if wait := s.guesses.Wait(given.Username, source.Addr(), now); wait > 0 && s.gate.MayWarn(now) {
			s.log.Warn("too many wrong passwords: locked", "user", header.UnescapeDisplay(given.Username), "source", source, "for", wait)
		}
		s.respond(request, tx, sip.StatusForbidden, "Forbidden")
	default:
		s.challenge(request, tx, verdict)
	}
	return nil, false
}

// refuseLocked refuses a request whose password is not checked, because too many were
// wrong. Whether anybody has the user name, the answer does not tell.
func (s *Server) refuseLocked(request *sip.Request, tx *transaction.Server, wait time.Duration) bool {
	if wait <= 0 {
		return false
	}
	s.respond(request, tx, sip.StatusForbidden, "Too Many Wrong Passwords", sip.NewHeader("Retry-After", header.Seconds(wait)))
	return true
}

// authenticateTrunk finds the trunk whose inbound credentials a request bears.
func (s *Server) authenticateTrunk(request *sip.Request, given *digest.Credentials, now time.Time) (*trunk.Trunk, gate.Verdict) {
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
func (s *Server) challenge(request *sip.Request, tx *transaction.Server, verdict gate.Verdict) {
	s.respond(request, tx, sip.StatusUnauthorized, "Unauthorized", s.gate.Digest.Challenges(verdict == gate.Stale, sourceOf(request).Addr(), time.Now())...)
}
