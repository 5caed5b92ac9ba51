package console

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"time"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/expiring"
)

// Lives of sessions.
const (
	idleTime    = 2 * time.Hour
	sessionTime = 12 * time.Hour // whether idle or not
	maxSessions = 256
	maxUsed     = 16384 // more than signaturesOfAll admits while a signature is valid
)

// session is somebody who looks at the console:
//
//	none → open → over
//
// It begins with a sign-in, and is over by a sign-out, after idleTime without a
// request, after sessionTime, and when the key that began it is replaced.
type session struct {
	who   auth.Principal
	name  string // shown to people
	token string // against forged requests: the page sends it with every change
	ends  time.Time
}

// mayChange reports whether the session's requests may change something.
func (s *session) mayChange() bool { return s.who.Administrator }

// sessions are kept in memory: after a restart people sign in again.
type sessions struct {
	keys *auth.Keys
	now  func() time.Time
	kept *expiring.Map[[sha256.Size]byte, *session]
	used *expiring.Map[[sha256.Size]byte, struct{}] // bodies of signed sign-ins
}

func newSessions(keys *auth.Keys, now func() time.Time) *sessions {
	return &sessions{
		keys, now, expiring.New(expiring.Config[[sha256.Size]byte, *session]{Entries: maxSessions}),
		expiring.New(expiring.Config[[sha256.Size]byte, struct{}]{TTL: 2*auth.MaxSkew + time.Minute, Entries: maxUsed}),
	}
}

// fresh reports whether nobody has signed in with this body, which the page makes
// unique and the signature covers. It is remembered for as long as a signature is valid.
func (s *sessions) fresh(body []byte) bool {
	_, before := s.used.Add(sha256.Sum256(body), struct{}{}, s.now())
	return !before
}

// begin opens a session. Its id is for the cookie; it is kept as its hash.
func (s *sessions) begin(who auth.Principal, name string) (id string, opened *session) {
	now := s.now()
	id, opened = newToken(), &session{who: who, name: name, token: newToken(), ends: now.Add(sessionTime)}
	s.kept.PutUntil(sha256.Sum256([]byte(id)), opened, now, now.Add(idleTime))
	return id, opened
}

// look returns the open session of an id.
func (s *sessions) look(id string) (*session, bool) {
	key, now := sha256.Sum256([]byte(id)), s.now()
	found, ok := s.kept.Get(key, now)
	if !ok {
		return nil, false
	}
	if !now.Before(found.ends) || found.who.KeyID != "" && !s.keys.Known(found.who.KeyID) {
		s.kept.Delete(key)
		return nil, false
	}
	return found, true
}

// find returns the open session of an id, and lets it live on.
func (s *sessions) find(id string) (*session, bool) {
	found, ok := s.look(id)
	if !ok {
		return nil, false
	}
	key, now := sha256.Sum256([]byte(id)), s.now()
	until := now.Add(idleTime)
	if until.After(found.ends) {
		until = found.ends
	}
	s.kept.Extend(key, now, until)
	return found, true
}

func (s *sessions) end(id string) { s.kept.Delete(sha256.Sum256([]byte(id))) }

// cookieName is of this server alone: cookies are shared by all ports of a host. Over
// TLS the browser takes it from this host only (RFC 6265bis §4.1.3).
func (c *Console) cookieName(r *http.Request) string {
	if c.overTLS(r) {
		return "__Host-switchhook-" + c.cfg.Name
	}
	return "switchhook-" + c.cfg.Name
}

// setCookie gives the browser a session's id, or takes it away with "".
func (c *Console) setCookie(w http.ResponseWriter, r *http.Request, id string) {
	cookie := &http.Cookie{Name: c.cookieName(r), Value: id, Path: "/", HttpOnly: true, Secure: c.overTLS(r), SameSite: http.SameSiteStrictMode, MaxAge: int(sessionTime.Seconds())}
	if !cookie.Secure {
		cookie.Path = Path
	}
	if id == "" {
		cookie.MaxAge = -1
	}
	http.SetCookie(w, cookie)
}

// sessionOf is the session that a request belongs to.
func (c *Console) sessionOf(r *http.Request) (*session, string, bool) {
	cookie, err := r.Cookie(c.cookieName(r))
	if err != nil {
		return nil, "", false
	}
	found, ok := c.sessions.find(cookie.Value)
	return found, cookie.Value, ok
}

// tokenField is where the page says its token.
const tokenField = "X-Console-Token"

// genuine reports whether a request that changes something comes from our page.
func (s *session) genuine(r *http.Request) bool {
	return ownPage(r) && subtle.ConstantTimeCompare([]byte(r.Header.Get(tokenField)), []byte(s.token)) == 1
}
