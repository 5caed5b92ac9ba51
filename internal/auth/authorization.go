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

// authorization is the value of an HMAC-SHA256 Authorization header.
type authorization struct {
	signedHeaders []string // lower case, in the order in which they are signed
	signature     []byte
}

// parseAuthorization reads "SignedHeaders=a;b;c&Signature=base64".
func parseAuthorization(params string) (authorization, *Denial) {
	var a authorization
	var encoded string
	for part := range strings.SplitSeq(params, "&") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch strings.ToLower(name) {
		case "signedheaders":
			a.signedHeaders = strings.Split(strings.ToLower(value), ";")
		case "signature":
			encoded = value
		}
	}
	if len(a.signedHeaders) == 0 || encoded == "" {
		return a, deny(SchemeHMAC, "HMAC-SHA256 validation failed: the Authorization header must read \"HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=…\"")
	}
	if len(a.signedHeaders) > maxSignedHeaders {
		return a, deny(SchemeHMAC, "HMAC-SHA256 validation failed: more than %d signed headers", maxSignedHeaders)
	}
	signature, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(signature) != macBytes {
		return a, deny(SchemeHMAC, "HMAC-SHA256 validation failed: the signature is not %d bytes in base64", macBytes)
	}
	a.signature = signature
	return a, a.checkCoverage()
}

// checkCoverage refuses a signature that does not cover the host, the date and the
// hash of the body.
func (a authorization) checkCoverage() *Denial {
	missing := ""
	switch names := a.signedHeaders; {
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
