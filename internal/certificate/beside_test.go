package certificate

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// ownFiles writes a certificate for a name that is signed by itself, and returns what trusts it.
func ownFiles(t *testing.T, name string) (cert, key string, trusted []byte) {
	t.Helper()
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(7), DNSNames: []string{name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	signed, err := x509.CreateCertificate(rand.Reader, about, about, &secret.PublicKey, secret)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	trusted = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed})
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, text := range map[string][]byte{cert: trusted, key: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})} {
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key, trusted
}

// TestRecordingsHaveACertificateBesideTheOperators: SDKs download from hosts that no public
// authority signs for, whatever certificate the server has.
func TestRecordingsHaveACertificateBesideTheOperators(t *testing.T) {
	cert, key, own := ownFiles(t, "calls.example.com")
	provided, err := OpenProvided(cert, key, quiet())
	if err != nil {
		t.Fatal(err)
	}
	private := open(t, Config{}, folder(t.TempDir()))
	both := Beside{Provided: provided, Private: private}
	for _, row := range []struct {
		name    string
		trusted []byte
		refused bool
	}{
		{"calls.example.com", own, false},
		{"storage.asm.skype.com", private.Authority(), false},
		{"Storage.ASM.skype.com", private.Authority(), false},
		{"storage.asm.skype.com", own, true},
		{"localhost", private.Authority(), true}, // commands expect the operator's
		{"asm.skype.com.example.com", private.Authority(), true},
	} {
		if err := shake(t, both, row.trusted, row.name); (err != nil) != row.refused {
			t.Errorf("%s: %v", row.name, err)
		}
	}
	if shown, err := both.GetCertificate(nil); err != nil || shown.Leaf.VerifyHostname("calls.example.com") != nil {
		t.Errorf("without a name it shows %v, %v", shown.Leaf.DNSNames, err)
	}

	// An operator who has an authority of their own for that name needs ours for nothing.
	cert, key, own = ownFiles(t, "*.asm.skype.com")
	if both.Provided, err = OpenProvided(cert, key, quiet()); err != nil {
		t.Fatal(err)
	}
	if err := shake(t, both, own, "storage.asm.skype.com"); err != nil {
		t.Errorf("the operator's certificate for it is not shown: %v", err)
	}
}
