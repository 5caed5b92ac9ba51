package siprouting

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/switchhook/switchhook/internal/store"
	"github.com/switchhook/switchhook/internal/trunk"
)

const (
	stable = "/sip?api-version=2023-03-01"
	newest = "/sip?api-version=2024-11-15-preview"
	trial1 = "/sip:testRoutesWithNumber?api-version=2024-11-15-preview&targetPhoneNumber="
)

// TestAnswersAreGolden asks for the wire of each version.
func TestAnswersAreGolden(t *testing.T) {
	f := inMemory(t)
	isGolden(t, "initial", f.send(t, "GET", stable, "", 200))
	isGolden(t, "initial-preview", f.send(t, "GET", newest, "", 200))
	isGolden(t, "initial-health", f.send(t, "GET", newest+"&expand=trunks/health", "", 200))
	isGolden(t, "set", f.send(t, "PATCH", stable, `{"trunks":{"sbc2.example.com":{"sipSignalingPort":5062},"sbc1.example.com":{"sipSignalingPort":5061},"loopback":null}, "routes":[
		{"name":"first","numberPattern":"^+[1-9][0-9]{3,23}$","description":"my first","trunks":["sbc1.example.com","sbc2.example.com"]},
		{"name":"second","numberPattern":"<&>","trunks":null}]}`, 200))
	isGolden(t, "set-preview", f.patch(t, `{"domains":{"example.com":{"enabled":true}},"trunks":{"sbc1.example.com":{"enabled":false}},
		"routes":[{"name":"first","numberPattern":"1","trunks":["sbc1.example.com"],"callerIdOverride":"+15550100001"}]}`))
	if got := f.send(t, "GET", stable, "", 200); strings.Contains(got, "enabled") || strings.Contains(got, "domains") || strings.Contains(got, "Override") {
		t.Errorf("the stable version shows what is of the preview: %s", got)
	}
}

// TestTableFollows asks that calls take the ways that the API says.
func TestTableFollows(t *testing.T) {
	f := inMemory(t)
	const number = "+33155501234"
	steps := []struct{ name, patch, want string }{
		{"the configuration file", ``, "sip.provider.example=192.0.2.7:5060/tcp loopback=127.0.0.1:5080/udp"},
		{"another port, the other settings kept", `{"trunks":{"SIP.provider.example":{"sipSignalingPort":5090}}}`,
			"sip.provider.example=192.0.2.7:5090/tcp loopback=127.0.0.1:5080/udp"},
		{"a trunk of the API alone", `{"trunks":{"sbc.example.com":{"sipSignalingPort":5071}},"routes":[{"name":"r","numberPattern":"^","trunks":["SBC.example.com"]}]}`,
			"sbc.example.com=sbc.example.com:5071/tls"},
		{"its fallback in the next route", `{"routes":[{"name":"r","numberPattern":"^","trunks":["sbc.example.com"]},{"name":"s","numberPattern":"^","trunks":["loopback"]}]}`,
			"sbc.example.com=sbc.example.com:5071/tls loopback=127.0.0.1:5080/udp"},
		{"disabled", `{"trunks":{"sbc.example.com":{"enabled":false}}}`, "loopback=127.0.0.1:5080/udp"},
		{"null enables again", `{"trunks":{"sbc.example.com":{"enabled":null}}}`, "sbc.example.com=sbc.example.com:5071/tls loopback=127.0.0.1:5080/udp"},
		{"its domain disabled", `{"domains":{"example.com":{"enabled":false}}}`, "loopback=127.0.0.1:5080/udp"},
		{"a nearer domain enabled", `{"domains":{"sbc.EXAMPLE.com":{"enabled":true}}}`, "sbc.example.com=sbc.example.com:5071/tls loopback=127.0.0.1:5080/udp"},
		{"a domain that only looks like a parent", `{"domains":{"bc.example.com":{"enabled":false}}}`, "sbc.example.com=sbc.example.com:5071/tls loopback=127.0.0.1:5080/udp"},
		{"no routes", `{"routes":[]}`, "sip.provider.example=192.0.2.7:5090/tcp loopback=127.0.0.1:5080/udp sbc.example.com=sbc.example.com:5071/tls"},
		{"no trunks", `{"trunks":{"sbc.example.com":null,"loopback":null,"sip.provider.example":null}}`, "none"},
		{"a trunk of the file again", `{"trunks":{"sip.provider.example":{"sipSignalingPort":5061}}}`, "sip.provider.example=192.0.2.7:5061/tcp"},
		{"null takes back what was set", `{"trunks":null,"routes":null,"domains":null}`, "sip.provider.example=192.0.2.7:5060/tcp loopback=127.0.0.1:5080/udp"},
	}
	for _, step := range steps {
		if step.patch != "" {
			f.patch(t, step.patch)
		}
		if got := f.tried(number); got != step.want {
			t.Fatalf("%s: calls try %s, want %s", step.name, got, step.want)
		}
	}
	if from, ok := f.table.From(netip.MustParseAddr("198.51.100.9")); !ok || from.Username != "account" || from.Codecs[0] != "PCMA" {
		t.Errorf("a call from the provider's sources comes from %v", from)
	}
}

// TestRefusedPatchesChangeNothing asks for each rule's code, and that nothing changes.
func TestRefusedPatchesChangeNothing(t *testing.T) {
	f := inMemory(t)
	f.patch(t, `{"domains":{"example.com":{"enabled":true}},"trunks":{"sbc.example.com":{"sipSignalingPort":5061}},
		"routes":[{"name":"r","numberPattern":"^","trunks":["sbc.example.com"]}]}`)
	before := f.send(t, "GET", newest, "", 200)
	aRoute := func(more string) string { return `{"routes":[{"name":"x","numberPattern":"^"` + more + `}]}` }
	tests := []struct {
		name, patch string
		status      int
		code, inner string
	}{
		{"nothing", `{}`, 422, codeUnprocessable, "EmptyPatch"},
		{"no trunks", `{"trunks":{}}`, 422, codeUnprocessable, "EmptyPatch"},
		{"a name that is no host", `{"trunks":{"-1":{"sipSignalingPort":8239}}}`, 422, codeUnprocessable, "InvalidTrunkFqdn"},
		{"a host without a dot", `{"trunks":{"sbc":{"sipSignalingPort":8239}}}`, 422, codeUnprocessable, "InvalidTrunkFqdn"},
		{"an address", `{"trunks":{"192.0.2.1":{"sipSignalingPort":8239}}}`, 422, codeUnprocessable, "InvalidTrunkFqdn"},
		{"a long host", `{"trunks":{"` + strings.Repeat("abcdefghi.", 25) + `com":{"sipSignalingPort":8239}}}`, 422, codeUnprocessable, "InvalidTrunkFqdn"},
		{"no port", `{"trunks":{"a.example.com":{}}}`, 422, codeUnprocessable, "InvalidTrunkSipSignalingPort"},
		{"port 0", `{"trunks":{"sbc.example.com":{"sipSignalingPort":0}}}`, 422, codeUnprocessable, "InvalidTrunkSipSignalingPort"},
		{"a null port", `{"trunks":{"sbc.example.com":{"sipSignalingPort":null}}}`, 422, codeUnprocessable, "InvalidTrunkSipSignalingPort"},
		{"a large port", `{"trunks":{"sbc.example.com":{"sipSignalingPort":65536}}}`, 422, codeUnprocessable, "InvalidTrunkSipSignalingPort"},
		{"a port that is text", `{"trunks":{"sbc.example.com":{"sipSignalingPort":"5061"}}}`, 400, "ValidationError", ""},
		{"deleting a trunk that a route names", `{"trunks":{"sbc.example.com":null}}`, 422, codeUnprocessable, "MissingTrunk"},
		{"a route to nowhere", aRoute(`,"trunks":["none.example.com"]`), 422, codeUnprocessable, "MissingTrunk"},
		{"a trunk twice in a route", aRoute(`,"trunks":["sbc.example.com","SBC.example.com"]`), 400, codeUnprocessable, "RouteWithDuplicatedTrunk"},
		{"two routes of one name", `{"routes":[{"name":"x","numberPattern":"^"},{"name":"x","numberPattern":"1"}]}`, 400, codeUnprocessable, "DuplicatedRoute"},
		{"a nameless route", `{"routes":[{"name":"","numberPattern":"^"}]}`, 422, codeUnprocessable, "InvalidRouteName"},
		{"a long name", `{"routes":[{"name":"` + strings.Repeat("é", 257) + `","numberPattern":"^"}]}`, 422, codeUnprocessable, "InvalidRouteName"},
		{"no pattern", `{"routes":[{"name":"x","numberPattern":""}]}`, 422, codeUnprocessable, "InvalidRouteNumberPattern"},
		{"a broken pattern", `{"routes":[{"name":"x","numberPattern":"("}]}`, 422, codeUnprocessable, "InvalidRouteNumberPattern"},
		{"a long pattern", `{"routes":[{"name":"x","numberPattern":"` + strings.Repeat("1", 1025) + `"}]}`, 422, codeUnprocessable, "InvalidRouteNumberPattern"},
		{"a long description", aRoute(`,"description":"` + strings.Repeat("é", 1025) + `"`), 422, codeUnprocessable, "InvalidRouteDescription"},
		{"a caller id that is no number", aRoute(`,"callerIdOverride":"Contoso"`), 422, codeUnprocessable, "InvalidCallerIdOverride"},
		{"too many routes", `{"routes":[` + repeat(251, `{"name":"n%d","numberPattern":"^"}`) + `]}`, 422, codeUnprocessable, "TooManyRoutes"},
		{"too many trunks", `{"trunks":{` + repeat(250, `"n%d.example.com":{"sipSignalingPort":1}`) + `}}`, 422, codeUnprocessable, "TooManyTrunks"},
		{"too many routes, before their patterns are tried", `{"routes":[` + repeat(251, `{"name":"n%d","numberPattern":"("}`) + `]}`, 422, codeUnprocessable, "TooManyRoutes"},
		{"too many changes of trunks, before their names are looked for", `{"trunks":{` + repeat(501, `"n%d.example.com":null`) + `}}`, 422, codeUnprocessable, "TooManyTrunks"},
		{"too many changes of domains", `{"domains":{` + repeat(501, `"n%d.test":null`) + `}}`, 422, codeUnprocessable, "TooManyDomains"},
		{"too many trunks of a route", aRoute(`,"trunks":[` + repeat(251, `"n%d"`) + `]`), 422, codeUnprocessable, "TooManyTrunks"},
		{"too many domains", `{"domains":{` + repeat(250, `"n%d.test":{"enabled":true}`) + `}}`, 422, codeUnprocessable, "TooManyDomains"},
		{"a domain that is none", `{"domains":{"-1":{"enabled":true}}}`, 422, codeUnprocessable, "InvalidDomain"},
		{"deleting a domain with trunks", `{"domains":{"example.com":null}}`, 422, codeUnprocessable, "MissingDomain"},
		{"stepping out", `{"trunks":{"sbc.example.com":{"stepOutOfSignaling":true}}}`, 501, "NotSupported", ""},
		{"privacy", `{"trunks":{"sbc.example.com":{"privacyHeader":"Much"}}}`, 400, "ValidationError", ""},
		{"IPv6", `{"trunks":{"sbc.example.com":{"ipAddressVersion":"IPv6"}}}`, 501, "NotSupported", ""},
		{"IPv5", `{"trunks":{"sbc.example.com":{"ipAddressVersion":"IPv5"}}}`, 400, "ValidationError", ""},
		{"an array", `[]`, 400, "ValidationError", ""},
		{"no body", ``, 400, "ValidationError", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got struct {
				Error struct {
					Code, Message string
					InnerError    struct{ Code, Message string }
				}
			}
			if err := json.Unmarshal([]byte(f.send(t, "PATCH", newest, test.patch, test.status)), &got); err != nil {
				t.Fatal(err)
			}
			if got.Error.Code != test.code || got.Error.InnerError.Code != test.inner || got.Error.Message == "" {
				t.Errorf("got %+v", got.Error)
			}
			if after := f.send(t, "GET", newest, "", 200); after != before {
				t.Errorf("it changed\n%s to\n%s", before, after)
			}
			if got := f.tried("+1"); got != "sbc.example.com=sbc.example.com:5061/tls" {
				t.Errorf("calls try %s", got)
			}
		})
	}
	f.patch(t, `{"trunks":{"none.example.com":null,"sbc.example.com":{"stepOutOfSignaling":false,"privacyHeader":"None","ipAddressVersion":"IPv4"}}}`)
	f.send(t, "GET", newest+"&expand=routes", "", 400)
}

func repeat(times int, format string) string {
	parts := make([]string, times)
	for i := range parts {
		parts[i] = fmt.Sprintf(format, i)
	}
	return strings.Join(parts, ",")
}

// TestRoutesAreTriedWithANumber asks that trying changes nothing.
func TestRoutesAreTriedWithANumber(t *testing.T) {
	f := inMemory(t)
	before := f.send(t, "GET", newest, "", 200)
	isGolden(t, "matching", f.send(t, "POST", trial1+"%2B1234567890", `{"routes":[{"name":"route1","numberPattern":"^.123.*","trunks":["unknown.example.com"]},
		{"name":"route2","numberPattern":"^.987.*"},{"name":"route3","numberPattern":"^.*","callerIdOverride":"+15550100001"}]}`, 200))
	for _, test := range []struct{ number, body, want string }{
		{"%2B11234567890", `{"routes":[]}`, `{"matchingRoutes":[]}`},
		{"+33155501234", ``, `{"matchingRoutes":[{"name":"abroad","numberPattern":"^\\+(?!1)","trunks":["sip.provider.example"]},{"name":"all","numberPattern":".*","trunks":["loopback"]}]}`},
		{"15550100001", `{"routes":null}`, `{"matchingRoutes":[{"name":"all","numberPattern":".*","trunks":["loopback"]}]}`},
	} {
		if got := f.send(t, "POST", trial1+test.number, test.body, 200); got != test.want {
			t.Errorf("%s %s: got %s", test.number, test.body, got)
		}
	}
	f.send(t, "POST", trial1+"alice", ``, 400)
	f.send(t, "POST", "/sip:testRoutesWithNumber?api-version=2024-11-15-preview", ``, 400)
	f.send(t, "POST", trial1+"%2B1", `{"routes":[{"name":"x","numberPattern":"("}]}`, 422)
	if after := f.send(t, "GET", newest, "", 200); after != before {
		t.Errorf("it changed\n%s to\n%s", before, after)
	}
}

// TestCallerIDIsOfTheFirstRoute asks whose number calls show.
func TestCallerIDIsOfTheFirstRoute(t *testing.T) {
	f := inMemory(t)
	if got := f.CallerID("+33155501234"); got != "" {
		t.Errorf("without overrides: %q", got)
	}
	f.patch(t, `{"routes":[{"name":"plain","numberPattern":"^.44"},{"name":"shown","numberPattern":"^.(44|33)","callerIdOverride":"+15550100001"}]}`)
	for number, want := range map[string]string{"+33155501234": "+15550100001", "+442079460000": "", "+4930123456": ""} {
		if got := f.CallerID(number); got != want {
			t.Errorf("%s: %q, want %q", number, got, want)
		}
	}
}

// inactive is a trunk that nobody has heard of for long.
type inactive struct{}

func (inactive) Health(name string) TrunkHealth {
	if name == "loopback" {
		return TrunkHealth{OK, OK, Active, ""}
	}
	return TrunkHealth{CertificateExpires, Expired, Inactive, "noRecentPings"}
}

// TestHealthIsOfWhoWatches asks for it where the server has wired it.
func TestHealthIsOfWhoWatches(t *testing.T) {
	f := newFixture(t, store.InMemory(), func(cfg *Config) { cfg.Health = inactive{} })
	defer f.Close()
	isGolden(t, "health", f.send(t, "GET", newest+"&expand=trunks%2Fhealth", "", 200))
	if got := f.send(t, "GET", newest, "", 200); strings.Contains(got, "health") {
		t.Errorf("health is told without being asked for: %s", got)
	}
}

// TestChangesSurviveARestart asks that routes stay while trunks, which the API
// has not touched, go on following the configuration file.
func TestChangesSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	b := onDisk(t, dir)
	f := newFixture(t, store.OnBackbone(b))
	f.patch(t, `{"domains":{"example.com":{"enabled":false}},"routes":[{"name":"kept","numberPattern":"^.44","trunks":["loopback","sip.provider.example"]}]}`)
	f.Close()
	b.Close()

	b = onDisk(t, dir)
	defer b.Close()
	f = newFixture(t, store.OnBackbone(b), func(cfg *Config) { cfg.Trunks, cfg.Routes = []trunk.Trunk{trunk.Loopback(5099)}, nil })
	defer f.Close()
	isGolden(t, "restarted", f.send(t, "GET", newest, "", 200))
	if got := f.tried("+442079460000"); got != "loopback=127.0.0.1:5099/udp" {
		t.Errorf("calls try %s", got)
	}
	f.send(t, "PATCH", newest, `{"trunks":{"sbc.example.org":{"sipSignalingPort":5061}}}`, 422) // a route names a trunk that the file has no more
	f.patch(t, `{"trunks":{"sbc.example.org":{"sipSignalingPort":5061},"sip.provider.example":{"sipSignalingPort":5062}}}`)
	if got := f.tried("+442079460000"); !strings.Contains(got, "sip.provider.example=sip.provider.example:5062/tls") {
		t.Errorf("calls try %s", got)
	}
	f.patch(t, `{"trunks":null,"routes":null}`)
	if set, err := f.storedChanges(t.Context()); err != nil || set.Trunks != nil || set.Routes != nil {
		t.Errorf("after taking back: %+v, %v", set, err)
	}
}

// TestWhatCannotBeKeptIsNotInForce asks for it with a store that has gone.
func TestWhatCannotBeKeptIsNotInForce(t *testing.T) {
	b := onDisk(t, t.TempDir())
	f := newFixture(t, store.OnBackbone(b))
	defer f.Close()
	before, tried := f.send(t, "GET", newest, "", 200), f.tried("+1")
	b.Close()
	f.send(t, "PATCH", newest, `{"routes":[]}`, 500)
	if after := f.send(t, "GET", newest, "", 200); after != before || f.tried("+1") != tried {
		t.Errorf("it changed\n%s to\n%s", before, after)
	}
}

// TestConcurrentPatchesLoseNothing adds trunks from many clients at once.
func TestConcurrentPatchesLoseNothing(t *testing.T) {
	f := inMemory(t)
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			w := httptest.NewRecorder()
			body := strings.NewReader(fmt.Sprintf(`{"trunks":{"sbc%d.example.com":{"sipSignalingPort":5061}}}`, i))
			if f.router.ServeHTTP(w, httptest.NewRequest("PATCH", newest, body)); w.Code != 200 {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			f.CallerID("+1")
		})
	}
	all.Wait()
	if got := len(f.current().trunks); got != 22 {
		t.Errorf("there are %d trunks", got)
	}
}

// FuzzPatch asks that no patch leaves a plan behind that breaks a rule.
func FuzzPatch(f *testing.F) {
	for _, seed := range []string{
		`{"trunks":{"a.example":{"sipSignalingPort":5061},"loopback":null}}`, `{"routes":[{"name":"r","numberPattern":"^","trunks":["loopback"]}]}`,
		`{"domains":{"example":null},"trunks":null,"routes":null}`, `{"trunks":{"loopback":{"enabled":false}}}`, `{"routes":[{}]}`,
	} {
		f.Add(seed)
	}
	api := inMemory(f)
	f.Fuzz(func(t *testing.T, body string) {
		w := httptest.NewRecorder()
		api.router.ServeHTTP(w, httptest.NewRequest("PATCH", newest, strings.NewReader(body)))
		if w.Code != 200 && w.Code != 400 && w.Code != 422 && w.Code != 501 {
			t.Fatalf("%q: %d %s", body, w.Code, w.Body)
		}
		now := api.current()
		if err := errors.Join(now.check(now), checkRoutes(now.routes)); err != nil {
			t.Fatalf("%q: %v", body, err)
		}
		if w.Code == 200 && !json.Valid(w.Body.Bytes()) {
			t.Fatalf("%q: %s", body, w.Body)
		}
	})
}

func BenchmarkUpdate(b *testing.B) {
	f := inMemory(b)
	b.ReportAllocs()
	for b.Loop() {
		f.patch(b, `{"trunks":{"sbc.example.com":{"sipSignalingPort":5061}}}`)
	}
}

func BenchmarkCallerID(b *testing.B) {
	f := inMemory(b)
	f.patch(b, `{"routes":[{"name":"plain","numberPattern":"^.44"},{"name":"shown","numberPattern":"^.33","callerIdOverride":"+15550100001"}]}`)
	b.ReportAllocs()
	for b.Loop() {
		f.CallerID("+33155501234")
	}
}

// TestPrivacyHidesCallers asks that privacyHeader is kept, shown to the preview
// alone, in force, and that None overrules the file.
func TestPrivacyHidesCallers(t *testing.T) {
	f := inMemory(t)
	private := func() bool {
		for _, each := range f.table.Trunks() {
			if each.Name == "sip.provider.example" {
				return each.Shown.Private
			}
		}
		t.Fatal("there is no such trunk")
		return false
	}
	f.patch(t, `{"trunks":{"sip.provider.example":{"privacyHeader":"id","ipAddressVersion":"ipv4"}}}`) // as .NET's SDK writes
	if got := f.send(t, "GET", newest, "", 200); !strings.Contains(got, `"privacyHeader":"ID"`) || !private() {
		t.Errorf("got %s, private is %t", got, private())
	}
	if got := f.send(t, "GET", stable, "", 200); strings.Contains(got, "privacyHeader") {
		t.Errorf("the stable version shows it: %s", got)
	}
	f.patch(t, `{"trunks":{"sip.provider.example":{"privacyHeader":"None"}}}`)
	if private() {
		t.Error("it is hidden still")
	}
}

// TestServiceRecordsAreStillLookedUp asks that a trunk of the file without a port
// stays without one, until a client sets another.
func TestServiceRecordsAreStillLookedUp(t *testing.T) {
	f := newFixture(t, store.InMemory(), func(c *Config) {
		c.Trunks = append(c.Trunks, trunk.Trunk{Name: "named", Host: "sip.example.net"})
	})
	byService := func() bool {
		for _, each := range f.table.Trunks() {
			if each.Name == "named" {
				return each.ByService()
			}
		}
		return false
	}
	f.patch(t, `{"trunks":{"sbc.example.com":{"sipSignalingPort":5061}}}`)
	if !byService() {
		t.Error("the port of the API's answer has become the trunk's")
	}
	f.patch(t, `{"trunks":{"named":{"sipSignalingPort":5090}}}`)
	if byService() {
		t.Error("the port that a client sets is lost")
	}
}
