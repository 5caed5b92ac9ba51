package config

import (
	"slices"
	"strings"
	"testing"
)

func TestRelayOfBrowsers(t *testing.T) {
	cfg, err := Load(Flags{})
	if err != nil || cfg.TURN.Listen != "" || cfg.TURN.Secure != "" || cfg.TURN.Allocations != 3000 || cfg.TURN.PerUser != 16 || cfg.TURN.Bandwidth != 500 {
		t.Errorf("by default: %+v, %v", cfg.TURN, err)
	}
	cfg, err = Load(Flags{Config: file(t, "public-host: [calls.example]\nturn: {listen: 0.0.0.0:3478, tls: 0.0.0.0:443}\n")})
	if err != nil || cfg.TURN.Host != "calls.example" {
		t.Errorf("got %+v, %v", cfg.TURN, err)
	}
	cfg, err = Load(Flags{Config: file(t, "turn: {tls: 0.0.0.0:443, host: turn.example}\n")})
	if err != nil || cfg.TURN.Host != "turn.example" || !slices.Contains(cfg.CertificateNames(), "turn.example") {
		t.Errorf("got %+v, %v; the certificate names %q", cfg.TURN, err, cfg.CertificateNames())
	}
	for text, want := range map[string]string{
		"turn: {listen: 0.0.0.0:3478}":                   "turn.host or public-host",
		"turn: {tls: ':443'}":                            "turn.host or public-host",
		"turn: {listen: 127.0.0.1:3478, host: 'x y'}":    "must be a host name",
		"turn: {listen: 127.0.0.1:3478}\nwebrtc: 'off'":  "nothing to relay to",
		"turn: {listen: 127.0.0.1:3478, allocations: 0}": "from 1 to 50000",
		"turn: {listen: 127.0.0.1}":                      "must be host:port",
	} {
		if _, err := Load(Flags{Config: file(t, text+"\n")}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
