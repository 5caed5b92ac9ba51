package config

import (
	"reflect"
	"strings"
	"testing"
)

// TestTextsStayAsTheyAreWritten: YAML reads a prefix, a number or a password of digits as a number, 011
// even as 9.
func TestTextsStayAsTheyAreWritten(t *testing.T) {
	f, err := parseConfig("switchhook.yaml", []byte(`
numbers: [+15550100001]
emergency-numbers: [000, 0110]
trunks:
  - {name: 007, host: 127.0.0.1, username: 0049301234567, password: 01234567, country: 033, international-prefix: 011, national-prefix: 0, caller-ids: +15551230001}
  - <<: {country: 044}
    name: other
    password: True
    from-user: 0x1F
    username: 1.50
    port: 5070
guards:
  - {name: one, prefix: 0033, deny: true}
  - {name: several, prefix: &both [+979, 0_1], except: !!str +4411, deny: true}
  - {name: again, prefix: *both, deny: true}
speech: {providers: [{name: p, voices: {fr-FR: 012, 012: nova}}]}
shutdown: {grace: 30}
`))
	if err != nil {
		t.Fatal(err)
	}
	k := f.keys
	first, second := k.Trunks[0], k.Trunks[1]
	for want, got := range map[string][]string{
		"+15550100001": k.Numbers, "000 0110": k.Emergency, "007 0049301234567 01234567 033 011 0": {first.Name, first.Username, first.Password, first.Country, first.International, *first.National},
		"+15551230001": first.CallerIDs, "True 0x1F 1.50": {second.Password, second.FromUser, second.Username}, "0033": k.Guards[0].Prefixes, "+979 0_1": k.Guards[1].Prefixes, "+4411": k.Guards[1].Except,
		"044": {second.Country}, "012 nova": {k.Speech.Providers[0].Voices["fr-FR"], k.Speech.Providers[0].Voices["012"]}, "30": {k.Shutdown.Grace},
	} {
		if !reflect.DeepEqual(got, strings.Fields(want)) {
			t.Errorf("%q is %q", want, got)
		}
	}
	if !reflect.DeepEqual(k.Guards[1].Prefixes, k.Guards[2].Prefixes) {
		t.Errorf("the same by its name is %q", k.Guards[2].Prefixes)
	}
	if *second.Port != 5070 {
		t.Errorf("the port is %d", *second.Port)
	}
}

// TestValuesOfTheWrongFormNameTheirKey, and what may stand there, but not what does, which may be a secret.
func TestValuesOfTheWrongFormNameTheirKey(t *testing.T) {
	for text, want := range map[string]string{
		"http: off\nproxy-protocol: yes\n":                         "switchhook.yaml:2: proxy-protocol must be true or false",
		"public-host: hush\n":                                      "switchhook.yaml:1: public-host must be a list of host names, in brackets",
		"sip-digests: hush\n":                                      "sip-digests must be a list of MD5, SHA-256",
		"connections:\n  per-source: hush\n":                       "switchhook.yaml:2: connections.per-source must be a number from 1 to 100000",
		"tls: hush\n":                                              "switchhook.yaml:1: tls must be keys of its own",
		"trunks: hush\n":                                           "trunks must be a list of objects",
		"trunks:\n  - {name: a, port: hush}\n":                     "switchhook.yaml:2: trunks[0].port must be a number from 0 to 65535",
		"trunks:\n  - name: a\n  - name: b\n    host: [hush]\n":    "switchhook.yaml:4: trunks[1].host must be one value (host)",
		"guards: [{name: a, deny: hush}]\n":                        "guards[0].deny must be true or false",
		"call: {ring-timeout: {hush: 1}}\n":                        "call.ring-timeout must be one value (duration)",
		"speech: {endpoints: hush}\n":                              "speech.endpoints must be a map of URLs to providers",
		"events: {subscriptions: [{name: a, event-ttl: hush}]}\n":  "events.subscriptions[0].event-ttl must be a number",
		"log-level: [hush]\n":                                      "log-level must be one of debug, info, warn, error",
		"auth: {oidc: [{issuer: x, allow: {applications: hush}}]}": "auth.oidc[0].allow.applications must be a list of texts",
	} {
		_, err := parseConfig("switchhook.yaml", []byte(text))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hush") {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// TestKeysThatAreNoTextsAreUnknown: the library would leave out all of the object that has one, a guard
// or the whole file.
func TestKeysThatAreNoTextsAreUnknown(t *testing.T) {
	for text, want := range map[string]string{
		"http: off\n5060: x\n": `switchhook.yaml:2: unknown field "5060"`, "http: off\ntrue: x\n": `unknown field "true"`, "http: off\n~: x\n": `unknown field "~"`,
		"guards:\n  - {name: a, prefix: +979, deny: true, 1.0: x}\n": `switchhook.yaml:2: unknown field "1.0"`, "insight: {1: x}\n": `unknown field "1"`,
	} {
		if _, err := parseConfig("switchhook.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}
