package auth

import "fmt"

// Scheme is the authorization scheme of a refused request.
type Scheme uint8

// The schemes.
const (
	SchemeNone   Scheme = iota // none, or an unknown one
	SchemeHMAC                 // a signature made with an access key
	SchemeBearer               // a token
)

// Denial is the error of a request or token that was refused. Its text is for the
// sender: it names the part that failed and contains no secret.
type Denial struct {
	Scheme Scheme
	Reason string
	Cause  error // for the log, or nil
	// Forbidden says that the sender is known and not allowed, so that other
	// credentials of his would not help.
	Forbidden bool
}

// Error returns the reason, and the cause behind it.
func (d *Denial) Error() string {
	if d.Cause == nil {
		return d.Reason
	}
	return d.Reason + ": " + d.Cause.Error()
}

// Unwrap returns the cause.
func (d *Denial) Unwrap() error { return d.Cause }

func deny(scheme Scheme, format string, args ...any) *Denial {
	return &Denial{Scheme: scheme, Reason: fmt.Sprintf(format, args...)}
}

// clip bounds a text of the sender that a message repeats.
func clip(text string) string {
	const most = 300
	if len(text) > most {
		return text[:most] + "…"
	}
	return text
}
