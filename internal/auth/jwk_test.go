package auth

import (
	"encoding/base64"
	"strings"
	"testing"
)

// TestKeysThatProveNothingAreLeftOut: a key that is too short to be safe, or none at all, must
// not verify tokens, nor keep the other keys of the set from doing so.
func TestKeysThatProveNothingAreLeftOut(t *testing.T) {
	number := func(n int) string { // of n bytes
		return base64.RawURLEncoding.EncodeToString([]byte(strings.Repeat("\xc5", n)))
	}
	three, usual := "Aw", "AQAB"
	// The base point of P-256 (SEC 2 §2.4.2).
	x, y := "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY", "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"
	for _, test := range []struct {
		name string
		key  jwk
		good bool
	}{
		{"RSA of 2048 bits", jwk{Type: "RSA", N: number(256), E: usual}, true},
		{"RSA of 8192 bits", jwk{Type: "RSA", N: number(1024), E: usual}, true},
		{"RSA with the exponent 3", jwk{Type: "RSA", N: number(256), E: three}, true},
		{"RSA, to sign", jwk{Type: "RSA", Use: "sig", N: number(256), E: usual}, true},
		{"RSA, to encrypt", jwk{Type: "RSA", Use: "enc", N: number(256), E: usual}, false},
		{"RSA of 2040 bits", jwk{Type: "RSA", N: number(255), E: usual}, false},
		{"RSA of 8200 bits", jwk{Type: "RSA", N: number(1025), E: usual}, false},
		{"RSA without a modulus", jwk{Type: "RSA", E: usual}, false},
		{"RSA with a modulus that is no number", jwk{Type: "RSA", N: "?", E: usual}, false},
		{"RSA without an exponent", jwk{Type: "RSA", N: number(256)}, false},
		{"RSA with an exponent that is no number", jwk{Type: "RSA", N: number(256), E: "?"}, false},
		{"RSA with the exponent 1", jwk{Type: "RSA", N: number(256), E: "AQ"}, false},
		{"RSA with an exponent of 40 bits", jwk{Type: "RSA", N: number(256), E: number(5)}, false},
		{"P-256", jwk{Type: "EC", Curve: "P-256", X: x, Y: y}, true},
		{"a point beside P-256", jwk{Type: "EC", Curve: "P-256", X: x, Y: x}, false},
		{"a point of one coordinate", jwk{Type: "EC", Curve: "P-256", X: x}, false},
		{"another curve", jwk{Type: "EC", Curve: "P-384", X: x, Y: y}, false},
		{"a secret", jwk{Type: "oct"}, false},
	} {
		if got := test.key.publicKey() != nil; got != test.good {
			t.Errorf("%s: taken %t, want %t", test.name, got, test.good)
		}
	}
}
