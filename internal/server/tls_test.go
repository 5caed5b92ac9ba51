package server

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/config"
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
