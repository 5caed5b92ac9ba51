package server

import (
	"crypto/tls"
	"encoding/pem"
	"io"
	"log/slog"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/rtp"
	"github.com/switchhook/switchhook/internal/sip"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// TestTrunkHealthIsMeasured asks that Prometheus sees a trunk that answers.
func TestTrunkHealthIsMeasured(t *testing.T) {
	phone, err := siptest.New(siptest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer phone.Close()
	at := netip.MustParseAddrPort(phone.Addr().String())
	table, err := trunk.NewTable([]trunk.Trunk{{Name: "carrier", Host: at.Addr().String(), Port: int(at.Port()), Ping: 20 * time.Millisecond}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	phones := sip.New(sip.Config{Listen: "127.0.0.1:0"}, table, nil, rtp.NewPorts(rtp.Config{}), slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err := phones.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer phones.Close()
	registry := prometheus.NewRegistry()
	registry.MustRegister(trunkHealth{phones})
	ticker, limit := time.NewTicker(20*time.Millisecond), time.After(10*time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-limit:
			t.Fatal("the trunk never answered")
		}
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, family := range families {
			if family.GetName() == "switchhook_trunk_up" && strings.Contains(family.String(), "carrier") && family.Metric[0].Gauge.GetValue() == 1 {
				return
			}
		}
	}
}

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
