package server

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/rtp"
)

// TestServerWithoutRTPPortsIsNotReady: a load balancer, the doctor and the alert SwitchhookNotReady hear of it.
func TestServerWithoutRTPPortsIsNotReady(t *testing.T) {
	cfg, err := config.Load(config.Flags{Data: t.TempDir(), HTTP: "127.0.0.1:0", HTTPS: "127.0.0.1:0", SIP: "127.0.0.1:0", SIPS: config.Off, RTPPorts: "18470-18471"})
	if err != nil {
		t.Fatal(err)
	}
	p := &parts{cfg: cfg, log: slog.New(slog.DiscardHandler)}
	t.Cleanup(func() { p.close() })
	if err := p.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := p.serve(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := p.ready(); err != nil {
		t.Fatalf("with a free pair: %v", err)
	}
	session, err := p.ports.Open(rtp.Holder{})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.ready(); err == nil || !strings.Contains(err.Error(), "rtp-ports") {
		t.Errorf("without one: %v", err)
	}
	if why := p.overview(t.Context()).NotReady; !strings.Contains(why, "rtp-ports") {
		t.Errorf("the doctor says %q", why)
	}
	_ = session.Close()
	if err := p.ready(); err != nil {
		t.Errorf("when it is free again: %v", err)
	}
}
