package header

import (
	"encoding/base64"
	"strings"
	"testing"
)

// TestPassportsAreRead asks for the claims, and for sentences where there are none.
func TestPassportsAreRead(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, value, want string }{
		{"the RFC's", signedAs(attested), "unverified; attest=A; orig=12155551212; dest=12155551213; iat=1443208345"},
		{"a URI", signedAs(`{"orig":{"uri":"sip:alice@example.com"},"dest":{"uri":["sip:bob@example.net","x"]}}`), "unverified; orig=sip:alice@example.com; dest=sip:bob@example.net,x"},
		{"with what breaks headers", signedAs(`{"attest":"A\r\nVia: x","orig":{"tn":"1;2\"3"}}`), "unverified; attest=AVia:x; orig=123"},
		{"empty", signedAs(`{}`), "unverified"},
		{"compact", "..c2lnbmF0dXJl;info=<https://cert.example.org/a.cer>", ""},
		{"no JSON", signedAs(`[]`), ""}, {"no base64", "a.!.c", ""}, {"nothing", "", ""},
		{"too long", signedAs(`{"attest":"` + strings.Repeat("A", maxPassport) + `"}`), ""},
	} {
		if got := Attestation([]string{test.value}); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// FuzzPassport asks that whatever a caller signs can be shown in a
func FuzzPassport(f *testing.F) {
	for _, seed := range []string{signedAs(attested), signedAs(`{}`), "..x", "", "a.b.c;info=<x>"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		shown := Attestation([]string{value})
		if len(shown) > maxShownPassport || strings.ContainsFunc(shown, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Errorf("%q shows %q", value, shown)
		}
	})
}

// signedAs makes an Identity header with a payload; its signature is nonsense.
func signedAs(payload string) string {
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"ES256","ppt":"shaken","typ":"passport","x5u":"https://cert.example.org/a.cer"}`)) + "." +
		encode([]byte(payload)) + ".c2lnbmF0dXJl;info=<https://cert.example.org/a.cer>;alg=ES256;ppt=shaken"
}

// attested is the example of RFC 8588 §4.
const attested = `{"attest":"A","dest":{"tn":["12155551213"]},"iat":1443208345,"orig":{"tn":"12155551212"},"origid":"123e4567-e89b-12d3-a456-426655440000"}`
