package server

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/datadir"
)

func TestServerAnswersHealthOverItsOwnCertificate(t *testing.T) {
	dir := t.TempDir()
	cfg, err := config.Load(config.Flags{Data: dir, HTTPS: "localhost:0", HTTP: "localhost:0", SIP: "127.0.0.1:0", SIPS: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	s := New(cfg, slog.New(slog.NewTextHandler(io.Discard, nil)))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	select {
	case <-s.Ready():
	case err := <-ended:
		t.Fatal(err)
	}
	authority, err := os.ReadFile(filepath.Join(dir, datadir.AuthorityFile))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}}
	for _, base := range []string{"https://" + s.Addresses().HTTPS, "http://" + s.Addresses().HTTP} {
		answer, err := client.Get(base + "/healthz")
		if err != nil {
			t.Error(err)
			continue
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%s answers %s", base, answer.Status)
		}
		answer, err = client.Get(base + "/sip?api-version=2023-03-01")
		if err != nil {
			t.Error(err)
			continue
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusUnauthorized {
			t.Errorf("%s/sip answers %s: who wants no WebSocket means the API of trunks", base, answer.Status)
		}
	}
	client.CloseIdleConnections()
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := datadir.ReadAddresses(dir); err == nil {
		t.Error("a stopped server still announces its addresses")
	}
}
