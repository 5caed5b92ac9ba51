// Package certificate owns the TLS certificate of the server: signed by a private
// certificate authority, or from files that the operator provides. Both are
// replaced without a restart.
//
// The authority is name-constrained (RFC 5280 §4.2.1.10), so a machine that
// trusts it trusts it for this server's names alone: a stolen key cannot
// impersonate other sites.
package certificate

import "time"

// Files keeps the authority's files. Saving is atomic and private to the user
// who runs the server; a missing file loads as an error that is fs.ErrNotExist.
type Files interface {
	LoadFile(name string) ([]byte, error)
	SaveFile(name string, data []byte) error
	Path(name string) string // where the operator finds it, for messages
}

// The files of the authority.
const (
	AuthorityFile = "authority.pem" // the authority's certificate and key
	ServerFile    = "server.pem"    // the server's certificate and key
	PublicFile    = "ca.pem"        // the authority's certificate alone, for clients to trust
)

// How long certificates live. Both are renewed when a third of their time is left.
const (
	authorityLife = 10 * 365 * 24 * time.Hour
	serverLife    = 90 * 24 * time.Hour
)

// longestServer is what a server's certificate may span: some clients refuse longer ones.
const longestServer = 398 * 24 * time.Hour

// skew is how far a client's clock may be behind ours when a certificate is new.
const skew = time.Hour

// renewAt is when a certificate with that lifetime and expiry is replaced.
func renewAt(notAfter time.Time, life time.Duration) time.Time { return notAfter.Add(-life / 3) }
