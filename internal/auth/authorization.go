package auth

import (
	"encoding/base64"
	"slices"
	"strings"
)

const (
	schemeHMAC       = "HMAC-SHA256"
	headerDate       = "X-Ms-Date"
	headerHash       = "X-Ms-Content-Sha256"
	maxSignedHeaders = 16
	macBytes         = 32
)

// authorization is the value of an HMAC-SHA256 Authorization header. It takes no
// memory beside itself.
type authorization struct {
	names     [maxSignedHeaders]string // lower case, in the order in which they are signed
	count     int                      // of names
	signature [macBytes]byte
}

// signedHeaders lists the names.
func (a *authorization) signedHeaders() []string { return a.names[:a.count] }

// parse reads "SignedHeaders=a;b;c&Signature=base64".
func (a *authorization) parse(params string) *Denial {
	var signed, encoded string
	given := false
	for part := range strings.SplitSeq(params, "&") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch {
		case strings.EqualFold(name, "signedheaders"):
			signed, given = strings.ToLower(value), true
		case strings.EqualFold(name, "signature"):
			encoded = value
		}
	}
	if !given || encoded == "" {
		return deny(SchemeHMAC, "HMAC-SHA256 validation failed: the Authorization header must read \"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=…\"")
	}
	for name := range strings.SplitSeq(signed, ";") {
		if a.count == maxSignedHeaders {
			return deny(SchemeHMAC, "HMAC-SHA256 validation failed: more than %d signed headers", maxSignedHeaders)
		}
		a.names[a.count] = name
		a.count++
	}
	var text, decoded [2 * macBytes]byte
	signature, err := base64.StdEncoding.AppendDecode(decoded[:0], append(text[:0], encoded...))
	if err != nil || len(signature) != macBytes {
		return deny(SchemeHMAC, "HMAC-SHA256 validation failed: the signature is not %d bytes in base64", macBytes)
	}
	a.signature = [macBytes]byte(signature)
	return a.checkCoverage()
}

// checkCoverage refuses a signature that does not cover the host, the date and the
// hash of the body.
func (a *authorization) checkCoverage() *Denial {
	missing := ""
	switch names := a.signedHeaders(); {
	case !slices.Contains(names, "x-ms-date") && !slices.Contains(names, "date"):
		missing = "x-ms-date or date"
	case !slices.Contains(names, "host"):
		missing = "host"
	case !slices.Contains(names, "x-ms-content-sha256"):
		missing = "x-ms-content-sha256"
	default:
		return nil
	}
	return deny(SchemeHMAC, "HMAC-SHA256 validation failed: SignedHeaders does not name %s", missing)
}
