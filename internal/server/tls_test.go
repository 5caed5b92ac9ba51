package server

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/datadir"
)

// uncertified has no certificate.
type uncertified struct{ Certificate }

func (uncertified) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) { return nil, nil }

// TestAuthoritiesOfTrunksAndCallersAreRead asks for pools from files, and for
// errors that name what is wrong.
func TestAuthoritiesOfTrunksAndCallersAreRead(t *testing.T) {
	dir := t.TempDir()
	https := httptest.NewTLSServer(nil)
	defer https.Close()
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: https.Certificate().Raw})
	good, bad := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "bad.pem")
	for name, text := range map[string][]byte{good: authority, bad: []byte("hello")} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text := "sips-client-ca: " + good + "\ntrunks: [{name: a, host: h.example, transport: tls, roots: " + good + "}]\n"
	cfg, err := config.Load(config.Flags{Config: file(t, text)})
	if err != nil || cfg.SIPSClients == nil || cfg.Trunks[0].Roots == nil {
		t.Errorf("%v, %+v", err, cfg.Trunks)
	}
	if got := sipsConfig(uncertified{}, cfg.SIPSClients); got.ClientAuth != tls.RequireAndVerifyClientCert || got.MinVersion != tls.VersionTLS12 {
		t.Errorf("callers are asked for %v", got.ClientAuth)
	}
	if _, err := config.Load(config.Flags{Config: file(t, strings.ReplaceAll(text, good, bad))}); err == nil || !strings.Contains(err.Error(), bad) {
		t.Errorf("a file without certificates: %v", err)
	}
}

// certified has a certificate of six days, of which some are left.
type certified struct {
	Certificate
	left time.Duration
}

func (c certified) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	end := time.Now().Add(c.left)
	return &tls.Certificate{Leaf: &x509.Certificate{NotBefore: end.AddDate(0, 0, -6), NotAfter: end}}, nil
}

// TestCertificateIsOverdueOnceItsRenewalIsLate: the alert is not for one that is renewed when a
// third of its life is left.
func TestCertificateIsOverdueOnceItsRenewalIsLate(t *testing.T) {
	for left, want := range map[time.Duration]bool{48 * time.Hour: false, 30 * time.Hour: true, -time.Hour: true} {
		p := &parts{cert: certified{left: left}}
		if got := p.certificateOverdue(); got != want {
			t.Errorf("with %v left: %v", left, got)
		}
	}
}

// TestOwnCertificateLeavesRecordingsToTheAuthority: only where the locations of recordings have
// a host that the operator's certificate cannot name.
func TestOwnCertificateLeavesRecordingsToTheAuthority(t *testing.T) {
	dir := t.TempDir()
	data, err := datadir.Open(filepath.Join(dir, "data"))
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	https := httptest.NewTLSServer(nil)
	defer https.Close()
	shown := https.TLS.Certificates[0]
	secret, err := x509.MarshalPKCS8PrivateKey(shown.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	cfg := config.Config{Certificate: config.CertificateFiles{Cert: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem")}}
	for name, block := range map[string]*pem.Block{cfg.Certificate.Cert: {Type: "CERTIFICATE", Bytes: shown.Certificate[0]}, cfg.Certificate.Key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	signer := func(host string) string {
		cfg.Recording.Host = host
		cert, err := openCertificate(cfg, data, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		got, err := cert.GetCertificate(&tls.ClientHelloInfo{ServerName: "storage.asm.skype.com"})
		if err != nil {
			t.Fatal(err)
		}
		return got.Leaf.Issuer.String()
	}
	own := https.Certificate().Issuer.String()
	for host, isOwn := range map[string]bool{"": true, "recordings.example.com": true, "storage.asm.skype.com": false} {
		if got := signer(host); (got == own) != isOwn {
			t.Errorf("with the host %q its issuer is %s", host, got)
		}
	}
	if _, err := os.Stat(filepath.Join(data.Name(), datadir.AuthorityFile)); err != nil {
		t.Errorf("there is nothing to trust: %v", err)
	}
}
