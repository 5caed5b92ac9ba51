package certificate

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"fmt"
	"math/big"
	"net"
	"slices"
	"time"
)

// pair is a certificate with its key.
type pair struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// serves reports whether a certificate of that lifetime is valid, and is not to be renewed yet.
func (p pair) serves(life time.Duration, now time.Time) bool {
	return !now.Before(p.cert.NotBefore) && now.Before(renewAt(p.cert.NotAfter, life))
}

// newAuthority makes an authority with those name constraints. The machine's name
// is in its subject: a person who finds it among trusted roots sees where it came
// from, and the name at its creation is known after the machine was renamed.
func newAuthority(c constraints, machine string, now time.Time) (pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return pair{}, err
	}
	public, err := key.PublicKey.Bytes()
	if err != nil {
		return pair{}, err
	}
	// A subject of its own keeps two authorities apart in clients that look
	// issuers up by name.
	id := sha256.Sum256(public)
	subject := pkix.Name{
		Organization:       []string{"Switchhook"},
		OrganizationalUnit: []string{machine},
		CommonName:         "Switchhook private CA " + hex.EncodeToString(id[:4]),
	}
	if machine == "" {
		subject.OrganizationalUnit = nil
	}
	return signAuthority(key, subject, c, now.Add(-skew), now)
}

// renewAuthority signs an authority again with its key and subject: clients that
// trust the old certificate still accept the server.
func renewAuthority(old pair, now time.Time) (pair, error) {
	return signAuthority(old.key, old.cert.Subject, old.constraints(), earlier(old.cert.NotBefore, now.Add(-skew)), now)
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func signAuthority(key *ecdsa.PrivateKey, subject pkix.Name, c constraints, begins, now time.Time) (pair, error) {
	return sign(&x509.Certificate{
		Subject:                     subject,
		NotBefore:                   begins,
		NotAfter:                    now.Add(authorityLife),
		IsCA:                        true,
		BasicConstraintsValid:       true,
		MaxPathLenZero:              true,
		KeyUsage:                    x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		PermittedDNSDomainsCritical: true,
		PermittedDNSDomains:         c.dns,
		PermittedIPRanges:           c.ipNets(),
	}, key, nil)
}

// newServer signs a certificate for those names.
func (authority pair) newServer(n names, now time.Time) (pair, error) {
	return authority.signServer(n, now.Add(-skew), now)
}

// nextServer signs the one that follows another. It begins when that one did, unless that is long ago: where
// the clock was set forward by mistake, clients whose clocks are right accept both.
func (authority pair) nextServer(old pair, n names, now time.Time) (pair, error) {
	begins := earlier(old.cert.NotBefore, now.Add(-skew))
	if now.Add(serverLife).Sub(begins) > longestServer {
		begins = now.Add(-skew)
	}
	return authority.signServer(n, begins, now)
}

func (authority pair) signServer(n names, begins, now time.Time) (pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return pair{}, err
	}
	template := &x509.Certificate{
		Subject:               pkix.Name{Organization: []string{"Switchhook"}, CommonName: "localhost"},
		NotBefore:             begins,
		NotAfter:              now.Add(serverLife),
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:              n.dns,
	}
	for _, ip := range n.ips {
		template.IPAddresses = append(template.IPAddresses, net.IP(ip.AsSlice()))
	}
	return sign(template, key, &authority)
}

// sign completes a certificate; without a parent it signs itself.
func sign(template *x509.Certificate, key *ecdsa.PrivateKey, parent *pair) (pair, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return pair{}, err
	}
	template.SerialNumber = serial
	issuer, signer := template, key
	if parent != nil {
		issuer, signer = parent.cert, parent.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, &key.PublicKey, signer)
	if err != nil {
		return pair{}, fmt.Errorf("sign the certificate of %s: %w", template.Subject, err)
	}
	cert, err := x509.ParseCertificate(der)
	return pair{cert, key}, err
}

func (authority pair) constraints() constraints {
	return constraintsOf(authority.cert.PermittedDNSDomains, authority.cert.PermittedIPRanges)
}

// machine is the name of the machine that the authority was made on.
func (authority pair) machine() string {
	if units := authority.cert.Subject.OrganizationalUnit; len(units) == 1 {
		return units[0]
	}
	return ""
}

// signed reports whether the authority has signed a server certificate for exactly
// those names.
func (authority pair) signed(server pair, n names) bool {
	if server.cert.CheckSignatureFrom(authority.cert) != nil {
		return false
	}
	texts := slices.Clone(server.cert.DNSNames)
	for _, ip := range server.cert.IPAddresses {
		texts = append(texts, ip.String())
	}
	have, err := parseNames(texts...)
	return err == nil && have.equal(n)
}
