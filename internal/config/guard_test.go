package config

import (
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/permit"
)

// TestGuardsOfTheFile asks for every key of guards and of trunks' limits.
func TestGuardsOfTheFile(t *testing.T) {
	cfg, err := Load(Flags{Config: file(t, `
emergency-numbers: ["112", "17"]
trunks:
  - {name: carrier, host: 192.0.2.1, caller-ids: owned, max-calls: 30, calls-per-second: 5}
  - {name: other, host: 192.0.2.2, caller-ids: ["+15551230001"]}
  - {name: sbc, host: 192.0.2.3}
guards:
  - {prefix: "+979", deny: true}
  - {name: slow, prefix: ["+33", "+44"], except: "+3389", by: [secondary, tokens], trunks: carrier, concurrent-calls: 3, calls-per-minute: 10, each: true}
`)})
	if err != nil {
		t.Fatal(err)
	}
	if len(cfg.Guards) != 2 || cfg.Guards[0].Name != "guards[0]" || !cfg.Guards[0].Deny || cfg.Guards[0].Prefixes[0] != "+979" {
		t.Errorf("guards are %+v", cfg.Guards)
	}
	g := cfg.Guards[1]
	if g.Name != "slow" || len(g.Prefixes) != 2 || g.Except[0] != "+3389" || g.By[1] != permit.Tokens || g.Trunks[0] != "carrier" || g.Concurrent != 3 || g.PerMinute != 10 || !g.Each {
		t.Errorf("slow is %+v", g)
	}
	if len(cfg.Emergency) != 2 {
		t.Errorf("emergency numbers are %v", cfg.Emergency)
	}
	carrier, other, sbc := cfg.Trunks[0], cfg.Trunks[1], cfg.Trunks[2]
	if carrier.CallerIDs.Any || carrier.MaxCalls != 30 || carrier.CallsPerSecond != 5 || len(other.CallerIDs.Numbers) != 1 || !sbc.CallerIDs.Any {
		t.Errorf("trunks are %+v", cfg.Trunks)
	}
}

// TestBadGuardsNameTheirLine asks for the line and what would be right.
func TestBadGuardsNameTheirLine(t *testing.T) {
	for text, want := range map[string]string{
		"guards:\n  - {name: x}": ":2: guards[0] is refused: guard x: needs either deny",
		"guards:\n  - {name: x, deny: true}\n  - {name: x, deny: true}":                           `:3: guards[1] has the name "x" of another guard`,
		"guards:\n  - {name: x, deny: true, trunks: nobody}":                                      `has trunk "nobody" in trunks, which does not exist`,
		"guards:\n  - {name: x, deny: true, surprise: 1}":                                         "surprise",
		"emergency-numbers: [police]":                                                             `has "police"`,
		"trunks:\n  - {name: a, host: 192.0.2.1, max-calls: -1}":                                  "max-calls is -1",
		"trunks:\n  - {name: a, host: 192.0.2.1, caller-ids: some}":                               "must be owned, any, or numbers",
		"trunks:\n  - name: a\n    host: 192.0.2.1\n    calls-per-second: 1000000\n    srtp: off": ":4: trunks[0].calls-per-second",
	} {
		_, err := Load(Flags{Config: file(t, text)})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s:\n got %v\nwant %s", text, err, want)
		}
	}
}
