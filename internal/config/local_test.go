package config

import (
	"strings"
	"testing"
)

func TestNATSListenerStaysOnTheMachine(t *testing.T) {
	for text, want := range map[string]string{"127.0.0.1:4222": "127.0.0.1:4222", "localhost:0": "localhost:0", "[::1]:4222": "[::1]:4222", "127.3.2.1:1": "127.3.2.1:1", "off": ""} {
		cfg, err := Load(Flags{Config: file(t, "events: {nats: '"+text+"'}\n")})
		if err != nil || cfg.NATS != want {
			t.Errorf("%s: %q, %v", text, cfg.NATS, err)
		}
	}
	for _, text := range []string{"0.0.0.0:4222", ":4222", "192.0.2.1:4222", "nats.example.com:4222", "4222", "[::]:4222"} {
		if _, err := Load(Flags{Config: file(t, "events: {nats: '"+text+"'}\n")}); err == nil || !strings.Contains(err.Error(), "events.nats is ") {
			t.Errorf("%s: %v", text, err)
		}
	}
}
