package sip

import (
	"cmp"
	"crypto/subtle"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/sip/header"

	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"

	"github.com/switchhook/switchhook/internal/trunk"
)

// verdict is what a caller's credentials are worth.
type verdict uint8

const (
	absent verdict = iota // none, or none that we could check: a challenge helps
	stale                 // right, but signed over an old or used nonce
	wrong
	right
)

// maxCredentials bounds an Authorization header.
const maxCredentials = 2048

// signed returns a request's credentials for our realm; nil without any.
func (s *Server) signed(request *sip.Request) *digest.Credentials {
	for _, value := range header.Values(request, "Authorization") {
		if len(value) > maxCredentials {
			continue
		}
		given, err := digest.ParseCredentials(value)
		if err == nil && given.Realm == s.cfg.UserAgent && (given.QOP == "" || given.QOP == "auth") && !given.Userhash {
			return given
		}
	}
	return nil
}

// worthReading reports whether a stranger's request may cost a transaction: its
// credentials sign a nonce that we gave a moment ago.
func (s *Server) worthReading(request *sip.Request) bool {
	given := s.signed(request)
	return given != nil && s.authenticates() && s.nonces.live(given.Nonce, time.Now())
}

// authenticate finds the trunk whose inbound credentials a request bears.
func (s *Server) authenticate(request *sip.Request) (*trunk.Trunk, verdict) {
	given := s.signed(request)
	if given == nil || !meant(given.URI, request) || !s.offers(algorithmOf(given)) {
		return nil, absent
	}
	found, known := s.trunks.Inbound(given.Username)
	password := "" // an unknown name costs as much time as a known one
	if known {
		password = string(found.InboundPassword)
	}
	return found, s.check(given, request, digest.Options{Password: password}, known, time.Now())
}

// check tells what credentials are worth; secret has the password, or the hash
// that stands for it. known is false where nobody has that name.
func (s *Server) check(given *digest.Credentials, request *sip.Request, secret digest.Options, known bool, now time.Time) verdict {
	challenge := &digest.Challenge{Realm: given.Realm, Nonce: given.Nonce, Algorithm: algorithmOf(given)}
	if given.QOP != "" {
		challenge.QOP = []string{given.QOP}
	} else {
		given.Nc = 1 // RFC 2069: no count, so one use
	}
	secret.Method, secret.URI, secret.Count = string(request.Method), given.URI, given.Nc
	secret.Cnonce, secret.Username = given.Cnonce, given.Username
	want, err := digest.Digest(challenge, secret)
	switch {
	case err != nil:
		return absent
	case subtle.ConstantTimeCompare([]byte(want.Response), []byte(strings.ToLower(given.Response))) != 1 || !known:
		if !s.nonces.live(given.Nonce, now) {
			return absent
		}
		return wrong
	case !s.nonces.live(given.Nonce, now), given.Nc < 1, given.Nc > math.MaxInt32, !s.nonces.take(given.Nonce, uint32(given.Nc), now):
		return stale
	}
	return right
}

// meant reports whether credentials were signed for this request: a proxy may
// have changed the host of the Request-URI, but not whom it calls. Some sign the
// server's address alone, as sipp does.
func meant(signed string, request *sip.Request) bool {
	var uri sip.Uri
	return sip.ParseUri(signed, &uri) == nil && (uri.User == "" || uri.User == request.Recipient.User)
}

// algorithmOf is the one that credentials were made with (RFC 7616 §3.4).
func algorithmOf(given *digest.Credentials) string {
	return strings.ToUpper(cmp.Or(given.Algorithm, "MD5"))
}

// offers reports whether our challenges have an algorithm: no other is taken.
func (s *Server) offers(algorithm string) bool { return slices.Contains(s.cfg.Digests, algorithm) }

// challenges of ours offer the configured algorithms, the first one to whoever
// reads but one (RFC 8760 §2.4).
func (s *Server) challenges(isStale bool) (list []sip.Header) {
	nonce := s.nonces.fresh(time.Now())
	for _, algorithm := range s.cfg.Digests {
		value := `Digest realm="` + s.cfg.UserAgent + `", nonce="` + nonce + `", algorithm=` + algorithm + `, qop="auth"`
		if isStale {
			value += ", stale=true"
		}
		list = append(list, sip.NewHeader("WWW-Authenticate", value))
	}
	return list
}

// caller finds the trunk that a request comes from, by its address or else by
// its credentials. What it cannot find it answers.
func (s *Server) caller(request *sip.Request, tx *sip.ServerTx) (*trunk.Trunk, bool) {
	source := sourceOf(request)
	if from, ok := s.trunks.From(source.Addr()); ok {
		return from, true
	}
	if !s.authenticates() {
		s.door.turnAway(source.Addr(), request.Method)
		s.respond(request, tx, sip.StatusForbidden, "Forbidden")
		return nil, false
	}
	from, worth := s.authenticate(request)
	switch worth {
	case right:
		s.door.admit(request.Source())
		if request.Transport() == "UDP" {
			s.door.friends.note(source, time.Now())
		}
		return from, true
	case wrong:
		s.door.turnAway(source.Addr(), request.Method)
		s.respond(request, tx, sip.StatusForbidden, "Forbidden")
	default:
		s.respond(request, tx, sip.StatusUnauthorized, "Unauthorized", s.challenges(worth == stale)...)
	}
	return nil, false
}
