package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// selfSigned writes a certificate that no authority has signed, for a name of nobody here, and
// that has expired.
func selfSigned(t *testing.T, certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "calls.example.com"}, DNSNames: []string{"calls.example.com"},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(-24 * time.Hour),
	}
	cert, err := x509.CreateCertificate(rand.Reader, about, about, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: cert}, keyFile: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCommandsTrustTheOwnCertificate asks that commands reach the server of their configuration
// whatever its own certificate says, also after its end, and no server with another certificate.
func TestCommandsTrustTheOwnCertificate(t *testing.T) {
	dir := t.TempDir()
	cert, key, file := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), filepath.Join(dir, "switchhook.yaml")
	selfSigned(t, cert, key)
	text := "public-host: [calls.example.com]\ntls: {cert: " + cert + ", key: " + key + "}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	serving(t, data, append([]string{"--config", file}, freeListenerFlags...)...)
	if got := command(t, data, "", "trunks", "--config", file); got.code != 0 || !strings.Contains(got.out, "loopback") {
		t.Errorf("trunks: %+v", got)
	}
	if got := command(t, data, "", "doctor", "--config", file); !strings.Contains(got.out, "ok    server is running with process id") || !strings.Contains(got.out, "fail  certificate "+cert+" expired on ") {
		t.Errorf("doctor: %+v", got)
	}
	other := filepath.Join(dir, "other.yaml") // names a certificate that the server does not show
	selfSigned(t, filepath.Join(dir, "cert2.pem"), filepath.Join(dir, "key2.pem"))
	if err := os.WriteFile(other, []byte(strings.NewReplacer("cert.pem", "cert2.pem", "key.pem", "key2.pem").Replace(text)), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := command(t, data, "", "trunks", "--config", other); got.code == 0 || !strings.Contains(got.err, "failed to verify certificate") {
		t.Errorf("another certificate is trusted: %+v", got)
	}
}
