package config

import (
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/trunk"
)

// TestDialectOfTrunks asks for every key of how a trunk is spoken to.
func TestDialectOfTrunks(t *testing.T) {
	cfg, err := Load(Flags{Config: file(t, `
trunks:
  - name: carrier
    host: provider.example
    outbound-proxy: proxy.provider.example:5080
    username: account
    password: secret
    register: {expires: 10m}
    from-user: account
    from-domain: provider.example
    identity: preferred
    privacy: id
    stir: drop
    country: "+33"
    international-prefix: "000"
    national-prefix: ""
    rewrite:
      called-in: [{match: '^777', replace: ''}]
      calling-out: [{match: '^\\+', replace: '00'}, {match: '^0', replace: '1'}]
  - {name: plain, host: 192.0.2.1, register: {user: u}}
call: {attestation-header: X-MS-Custom-Attestation}
`)})
	if err != nil {
		t.Fatal(err)
	}
	if cfg.AttestationHeader != "X-MS-Custom-Attestation" {
		t.Errorf("the attestation's header is %q", cfg.AttestationHeader)
	}
	got := cfg.Trunks[0]
	if got.Host != "proxy.provider.example" || got.Port != 5080 || got.Domain != "provider.example" || got.Register.Expires != 10*time.Minute {
		t.Errorf("trunk is %+v", got)
	}
	if want := (trunk.Shown{FromUser: "account", FromDomain: "provider.example", Assertion: trunk.Preferred, Private: true, DropIdentity: true}); got.Shown != want {
		t.Errorf("shown is %+v", got.Shown)
	}
	if r := got.Rewriting; r.Plan != (trunk.Plan{Country: "33", International: "000", National: "-"}) || len(r.CalledIn) != 1 || len(r.CallingOut) != 2 {
		t.Errorf("rewriting is %+v", r)
	}
	if plain := cfg.Trunks[1]; plain.Register.User != "u" || plain.Register.Expires != time.Hour || plain.Shown.Private || plain.Domain != "" {
		t.Errorf("plain is %+v", plain)
	}
}

// TestMistakesInADialectNameTheirLine asks for the line and what would be right.
func TestMistakesInADialectNameTheirLine(t *testing.T) {
	for text, want := range map[string]string{
		"register: {}":                                         "register needs a user",
		"register: {user: u, expires: 5s}":                     ":4: trunks[0].register.expires",
		"register: {user: u, often: 1}":                        "often",
		"identity: loud":                                       ":4: trunks[0].identity",
		"privacy: id\ncall: {attestation-header: Attestation}": ":5: call.attestation-header",
		"privacy: full":                                        "none, id",
		"country: FR":                                          `country "FR"`,
		"outbound-proxy: 'a:b:c:d/e'":                          ":4: trunks[0].outbound-proxy",
		"rewrite: {called-in: [{match: '('}]}":                 "trunks[0].rewrite.called-in[0] is refused",
		"rewrite: {called: [{match: '1'}]}":                    `called`,
		"outbound-proxy: proxy.example\n    port: 1":           "cannot be combined with port",
	} {
		_, err := Load(Flags{Config: file(t, "trunks:\n  - name: a\n    host: 192.0.2.1\n    "+text+"\n")})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s:\n got %v\nwant %s", text, err, want)
		}
	}
}
