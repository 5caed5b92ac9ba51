package doctor

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/config"
)

func TestCertificateIsExplained(t *testing.T) {
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	quarter := &x509.Certificate{NotBefore: begin, NotAfter: begin.AddDate(0, 0, 90), DNSNames: []string{"calls.example.com"}}
	days := &x509.Certificate{NotBefore: begin, NotAfter: begin.AddDate(0, 0, 6), DNSNames: []string{"calls.example.com"}}
	for _, test := range []struct {
		name  string
		leaf  *x509.Certificate
		names []string
		day   int
		state string
		says  string
	}{
		{"fresh", quarter, []string{"calls.example.com:8443"}, 1, OK, "until 2026-04-01"},
		{"another name", quarter, []string{"calls.example.com", "sip.example.com"}, 1, Note, "does not name sip.example.com"},
		{"renewal is late", quarter, nil, 80, Note, "expires on 2026-04-01 00:00:00 UTC"},
		{"of six days, to be renewed tomorrow", days, nil, 2, OK, "until"},
		{"of six days, not renewed", days, nil, 5, Note, "expires on"},
		{"expired", quarter, nil, 91, Fail, "expired on"},
		{"not valid yet", quarter, nil, -1, Fail, "valid from 2026-01-01"},
	} {
		got := certificateFinding("cert.pem", test.leaf, test.names, begin.AddDate(0, 0, test.day))
		if got.State != test.state || !strings.Contains(got.What, test.says) || (got.State == OK) != (got.Remedy == "") {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
}

// TestUnreadableCertificateFails asks for a failure that names the file; the private authority is
// no matter of the doctor's.
func TestUnreadableCertificateFails(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cert.pem")
	if err := os.WriteFile(file, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := Certificate(config.Config{Certificate: config.CertificateFiles{Cert: file, Key: file}}); len(got) != 1 || got[0].State != Fail || !strings.Contains(got[0].String(), file) {
		t.Errorf("got %v", got)
	}
	if got := Certificate(config.Config{}); got != nil {
		t.Errorf("without own files: %v", got)
	}
}
