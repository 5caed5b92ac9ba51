package header

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// passport is what an Identity header says of a caller (RFC 8224, RFC 8225; its
// attestation: RFC 8588). Nothing of it is verified: that takes the signer's
// certificate, which is not fetched.
type passport struct {
	Attest string    // A, B or C: how well the signer knows the caller; "" where it does not say
	Orig   string    // who calls
	Dest   []string  // who is called
	Issued time.Time // when it was signed; zero where it does not say
}

// Bounds of Identity headers. A signed token of one destination has about 700 bytes.
const (
	maxPassports = 4
	maxPassport  = 4096
	maxDest      = 8
	maxParty     = 256
)

// parsePassport reads a header in its full form. One in compact form has no
// payload, and is an error.
func parsePassport(value string) (p passport, err error) {
	if len(value) > maxPassport {
		return p, fmt.Errorf("longer than %d bytes", maxPassport)
	}
	token, _, _ := strings.Cut(value, ";")
	parts := strings.Split(strings.TrimSpace(token), ".")
	if len(parts) != 3 || parts[1] == "" {
		return p, fmt.Errorf("no token in full form")
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return p, fmt.Errorf("payload: %w", err)
	}
	type party struct {
		TN  string `json:"tn"`
		URI string `json:"uri"`
	}
	var claims struct {
		Attest string `json:"attest"`
		IAT    int64  `json:"iat"`
		Orig   party  `json:"orig"`
		Dest   struct {
			TN  []string `json:"tn"`
			URI []string `json:"uri"`
		} `json:"dest"`
	}
	if err := json.Unmarshal(payload, &claims); err != nil {
		return p, fmt.Errorf("payload: %w", err)
	}
	p.Attest, p.Orig = printable(claims.Attest, 8), printable(claims.Orig.TN+claims.Orig.URI, maxParty)
	for _, dest := range append(claims.Dest.TN, claims.Dest.URI...) {
		if len(p.Dest) < maxDest {
			p.Dest = append(p.Dest, printable(dest, maxParty))
		}
	}
	if claims.IAT > 0 && claims.IAT < 1<<33 {
		p.Issued = time.Unix(claims.IAT, 0).UTC()
	}
	return p, nil
}

// printable keeps what a header and a log may show.
func printable(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' || strings.ContainsRune(`;"\,`, r) {
			return -1
		}
		return r
	}, text)
	return text[:min(len(text), most)]
}

// String is the passport for people and for the application's header.
func (p passport) String() string {
	text := "unverified"
	for _, part := range []struct{ name, value string }{{"attest", p.Attest}, {"orig", p.Orig}, {"dest", strings.Join(p.Dest, ",")}} {
		if part.value != "" {
			text += "; " + part.name + "=" + part.value
		}
	}
	if !p.Issued.IsZero() {
		text += fmt.Sprintf("; iat=%d", p.Issued.Unix())
	}
	return text[:min(len(text), maxShownPassport)]
}

// maxShownPassport is what the value of a header in customContext may have.
const maxShownPassport = 256

// Identities are the Identity headers of a call, as they came; what is too long,
// too many or has a control character is left behind.
func Identities(request *sip.Request) (list []string) {
	for _, value := range Values(request, "Identity") {
		if len(value) <= maxPassport && len(list) < maxPassports && !strings.ContainsFunc(value, IsControl) {
			list = append(list, value)
		}
	}
	return list
}

// Attestation is what a call's Identity headers say; "" where there is none
// that can be read.
func Attestation(headers []string) string {
	for _, value := range headers {
		if p, err := parsePassport(value); err == nil {
			return p.String()
		}
	}
	return ""
}
