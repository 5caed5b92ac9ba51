package auth

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
)

// maxKeys bounds the keys that are taken from one issuer.
const maxKeys = 64

// jwk is a public key as RFC 7517 and 7518 write it.
type jwk struct {
	Type      string `json:"kty"`
	Use       string `json:"use,omitempty"`
	ID        string `json:"kid,omitempty"`
	Algorithm string `json:"alg,omitempty"`
	N         string `json:"n,omitempty"`
	E         string `json:"e,omitempty"`
	Curve     string `json:"crv,omitempty"`
	X         string `json:"x,omitempty"`
	Y         string `json:"y,omitempty"`
}

type jwkSet struct {
	Keys []jwk `json:"keys"`
}

// parseJWKS reads the signing keys of a set by their ids. Keys of a kind that
// we do not use are passed over.
func parseJWKS(text []byte) (map[string]crypto.PublicKey, error) {
	var set jwkSet
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, fmt.Errorf("key set: %w", err)
	}
	keys := make(map[string]crypto.PublicKey)
	for _, k := range set.Keys {
		if key := k.publicKey(); key != nil && len(keys) < maxKeys {
			keys[k.ID] = key
		}
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("key set: no RSA or P-256 signing key among %d keys", len(set.Keys))
	}
	return keys, nil
}

// publicKey returns nil for a key that cannot verify RS256 or ES256.
func (k jwk) publicKey() crypto.PublicKey {
	if k.Use != "" && k.Use != "sig" {
		return nil
	}
	switch k.Type {
	case "RSA":
		n, e := bigInt(k.N), bigInt(k.E)
		if n == nil || e == nil || n.BitLen() < 2048 || n.BitLen() > 8192 || e.BitLen() > 31 || e.Int64() < 3 {
			return nil
		}
		return &rsa.PublicKey{N: n, E: int(e.Int64())}
	case "EC":
		x, errX := base64.RawURLEncoding.DecodeString(k.X)
		y, errY := base64.RawURLEncoding.DecodeString(k.Y)
		if k.Curve != "P-256" || errX != nil || errY != nil || len(x) != 32 || len(y) != 32 {
			return nil
		}
		point := append(append([]byte{4}, x...), y...) // uncompressed, SEC 1 §2.3.3
		key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
		if err != nil {
			return nil
		}
		return key
	}
	return nil
}

func bigInt(text string) *big.Int {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) == 0 {
		return nil
	}
	return new(big.Int).SetBytes(raw)
}
