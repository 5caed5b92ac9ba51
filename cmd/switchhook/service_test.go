package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"

	"github.com/switchhook/switchhook/internal/config"
)

// TestServiceUnitFitsTheServer asks that the unit for systemd starts the server by flags that it
// has, waits for its notice, and gives it the time to stop that it takes by default.
func TestServiceUnitFitsTheServer(t *testing.T) {
	text, err := os.ReadFile("../../deploy/systemd/switchhook.service")
	if err != nil {
		t.Fatal(err)
	}
	unit := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if key, value, is := strings.Cut(strings.TrimSpace(line), "="); is && !strings.HasPrefix(key, "#") {
			unit[key] = value
		}
	}
	words := strings.Fields(unit["ExecStart"])
	if len(words) < 2 {
		t.Fatalf("ExecStart is %q", unit["ExecStart"])
	}
	var r root
	parser, err := kong.New(&r, kong.Vars(config.Defaults()))
	if err != nil {
		t.Fatal(err)
	}
	if command, err := parser.Parse(words[1:]); err != nil || command.Command() != "serve" {
		t.Errorf("%q is no command line of the server: %v", unit["ExecStart"], err)
	}
	if r.Data != "/var/lib/"+unit["StateDirectory"] {
		t.Errorf("the data are in %s, and systemd makes %s below /var/lib", r.Data, unit["StateDirectory"])
	}
	if unit["Type"] != "notify" || unit["KillMode"] != "mixed" || unit["OOMPolicy"] != "continue" {
		t.Errorf("Type=%s, KillMode=%s, OOMPolicy=%s", unit["Type"], unit["KillMode"], unit["OOMPolicy"])
	}
	cfg, err := config.Load(config.Flags{Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	wait, err := time.ParseDuration(unit["TimeoutStopSec"] + "s")
	if takes := cfg.ShutdownGrace + 2*cfg.DeliveryFlush + 10*time.Second; err != nil || wait < takes {
		t.Errorf("the server may take %v to stop, and systemd waits for %v (%v)", takes, wait, err)
	}
}
