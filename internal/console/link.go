package console

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"github.com/switchhook/switchhook/internal/expiring"
)

// Lives of links.
const (
	LinkTime  = 10 * time.Minute // of one that a command asked for
	FirstTime = 12 * time.Hour   // of the one that is printed at the start: it may stand in a terminal for a day's work
	maxLinks  = 32
)

// links are the one-time sign-ins that nobody has used yet. The token is in the
// fragment of the address, which browsers send to no server; it is kept as its hash.
type links struct {
	now  func() time.Time
	kept *expiring.Map[[sha256.Size]byte, grant]
}

// grant is what a link gives.
type grant struct{ read bool }

func newLinks(now func() time.Time) *links {
	return &links{now, expiring.New(expiring.Config[[sha256.Size]byte, grant]{Entries: maxLinks})}
}

// add makes a token that signs in once.
func (l *links) add(g grant, life time.Duration) string {
	token := newToken()
	now := l.now()
	l.kept.PutUntil(sha256.Sum256([]byte(token)), g, now, now.Add(life))
	return token
}

// use takes a token, which is worth nothing afterwards.
func (l *links) use(token string) (grant, bool) {
	return l.kept.Take(sha256.Sum256([]byte(token)), l.now())
}

// Link makes the end of an address that signs in once: Path, and the token in the
// fragment.
func (c *Console) Link(readOnly bool, life time.Duration) string {
	return Path + "#signin=" + c.links.add(grant{read: readOnly}, life)
}

// newToken is a random text that nobody can guess.
func newToken() string {
	random := make([]byte, 32)
	rand.Read(random) // never fails: crypto/rand ends the program instead
	return base64.RawURLEncoding.EncodeToString(random)
}
