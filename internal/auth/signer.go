package auth

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"

	"github.com/golang-jwt/jwt/v5"
)

const (
	signerBits = 2048
	pemType    = "PRIVATE KEY"
)

// Signer is an RSA key that signs our JSON Web Tokens (RS256). It is generated in
// the background, since that takes up to a second: whoever needs it waits for it.
type Signer struct {
	ready chan struct{} // closed when key, id and err are final
	key   *rsa.PrivateKey
	id    string
	err   error
}

// NewSigner starts to make a new key of 2048 bits and returns at once.
func NewSigner() *Signer {
	s := &Signer{ready: make(chan struct{})}
	go func() { // ends by itself: making a key cannot be interrupted
		defer close(s.ready)
		key, err := rsa.GenerateKey(rand.Reader, signerBits)
		if err != nil {
			s.err = fmt.Errorf("generate a signing key: %w", err)
			return
		}
		s.key, s.id = key, thumbprint(&key.PublicKey)
	}()
	return s
}

// LoadSigner reads a key that PEM wrote.
func LoadSigner(text []byte) (*Signer, error) {
	block, _ := pem.Decode(text)
	if block == nil || block.Type != pemType {
		return nil, fmt.Errorf("signing key: no %s block in PEM", pemType)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("signing key: %w", err)
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok || key.N.BitLen() < signerBits {
		return nil, fmt.Errorf("signing key: not an RSA key of at least %d bits", signerBits)
	}
	s := &Signer{ready: make(chan struct{}), key: key, id: thumbprint(&key.PublicKey)}
	close(s.ready)
	return s, nil
}

// PEM waits for the key and returns it as PKCS #8. The text is a secret.
func (s *Signer) PEM(ctx context.Context) ([]byte, error) {
	if err := s.wait(ctx); err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(s.key)
	if err != nil {
		return nil, fmt.Errorf("signing key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: pemType, Bytes: der}), nil
}

// Ready is closed when the key is there.
func (s *Signer) Ready() <-chan struct{} { return s.ready }

// String hides the key.
func (s *Signer) String() string { return "signing key" }

// GoString hides the key from %#v.
func (s *Signer) GoString() string { return s.String() }

func (s *Signer) wait(ctx context.Context) error {
	select {
	case <-s.ready:
		return s.err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// sign waits for the key and returns the claims as a compact JWS.
func (s *Signer) sign(ctx context.Context, claims jwt.Claims) (string, error) {
	if err := s.wait(ctx); err != nil {
		return "", err
	}
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	token.Header["kid"] = s.id
	return token.SignedString(s.key)
}

// verificationKey is a jwt.Keyfunc for tokens that this signer signed.
func (s *Signer) verificationKey(ctx context.Context) jwt.Keyfunc {
	return func(token *jwt.Token) (any, error) {
		if err := s.wait(ctx); err != nil {
			return nil, err
		}
		if token.Header["kid"] != s.id {
			return nil, fmt.Errorf("not signed with the key of this server")
		}
		return &s.key.PublicKey, nil
	}
}

// JWKS waits for the key and returns its public half as a JSON Web Key Set.
func (s *Signer) JWKS(ctx context.Context) ([]byte, error) {
	if err := s.wait(ctx); err != nil {
		return nil, err
	}
	n, e := rsaMembers(&s.key.PublicKey)
	return json.Marshal(jwkSet{Keys: []jwk{{Type: "RSA", Use: "sig", ID: s.id, Algorithm: "RS256", N: n, E: e}}})
}

// thumbprint names a key, RFC 7638.
func thumbprint(key *rsa.PublicKey) string {
	n, e := rsaMembers(key)
	sum := sha256.Sum256(fmt.Appendf(nil, `{"e":"%s","kty":"RSA","n":"%s"}`, e, n))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func rsaMembers(key *rsa.PublicKey) (n, e string) {
	encode := base64.RawURLEncoding.EncodeToString
	return encode(key.N.Bytes()), encode(big.NewInt(int64(key.E)).Bytes())
}
