package permit

import (
	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/identifier"
)

// Request is an outbound call to a phone number, before it is made.
type Request struct {
	By string // the asker; "" where there is none
	// IssuedBy is the asker that issued the credential of the phone that asks, or the token
	// of the browser. Guards on it apply as well: an access key gains nothing by phones or
	// users of its own.
	IssuedBy string
	From     identifier.ID // the caller id that is shown; anonymous shows none
	To       identifier.ID // the number called
	// Forwarded says that From is the number of a caller who is transferred or
	// redirected, not a caller id that somebody chose.
	Forwarded bool
}

// Askers: who starts a call. An identity, with the phones registered for it, is
// named by its raw id; the subject of a bearer token has TokenAsker before it.
const (
	PrimaryKey   = "primary"
	SecondaryKey = "secondary"
	TokenAsker   = "token:"
)

// Asker names the sender of a request, as guards do: by its access key, or by its
// token.
func Asker(sender auth.Principal) string {
	if sender.Subject != "" {
		return TokenAsker + sender.Subject
	}
	return sender.Key
}
