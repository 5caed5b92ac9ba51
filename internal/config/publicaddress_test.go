package config

import (
	"strings"
	"testing"
)

func TestPublicAddressOfSIP(t *testing.T) {
	cfg, err := Load(Flags{Config: file(t, "sip-public-address: 203.0.113.10\n")})
	if err != nil || cfg.SIPPublic.String() != "203.0.113.10" {
		t.Errorf("got %v, %v", cfg.SIPPublic, err)
	}
	for text, want := range map[string]string{"pbx.example": "must be an IP address", "192.168.1.5": "cannot send to", "127.0.0.1": "cannot send to", "0.0.0.0": "cannot send to"} {
		if _, err := Load(Flags{Config: file(t, "sip-public-address: "+text+"\n")}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
