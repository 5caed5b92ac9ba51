package eventgrid

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/switchhook/switchhook/internal/delivery"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/store"
)

// issuer is Tokens of one tenant.
type issuer struct{ err error }

func (issuer) Knows(tenant string) bool { return tenant == "contoso" }

func (i issuer) Token(_ context.Context, tenant, application string) (string, error) {
	return tenant + "." + application + ".token", i.err
}

func protected(r *settingsRequest) {
	tenant, application := "contoso", "api://webhook"
	r.Destination.Properties.EntraTenant, r.Destination.Properties.EntraApplication = &tenant, &application
}

const wantedBearer = "Bearer contoso.api://webhook.token"

// newProtectedGrid is newTestGrid with an issuer.
func newProtectedGrid(t *testing.T, transport http.RoundTripper, tokens Tokens) (*Grid, *mailbox) {
	t.Helper()
	box, cfg := &mailbox{}, testConfig(transport)
	cfg.Tokens = tokens
	g, err := New(cfg, store.InMemory(), box, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g, box
}

// TestProtectedWebhookGetsItsToken at the handshake of both schemas, and at
// each attempt to deliver an event.
func TestProtectedWebhookGetsItsToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked []string
		g, box := newProtectedGrid(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			asked = append(asked, r.Method+" "+r.Header.Get("Authorization"))
			if r.Method == http.MethodPost {
				return willing(t)(r)
			}
			return allowing(t, 200, "WebHook-Allowed-Origin", "*")(r)
		}), issuer{})
		g.subscribe(t, "events", to("http://127.0.0.1:3000/events", protected))
		synctest.Wait()
		g.subscribe(t, "cloud", to("http://127.0.0.1:3000/events", protected, asCloudEvents))
		synctest.Wait()
		if got := strings.Join(asked, ", "); got != "POST "+wantedBearer+", OPTIONS "+wantedBearer {
			t.Errorf("asked with %s", got)
		}
		if n := g.IncomingCall(incomingCalls(t)["pstn-to-number"]); n != 2 {
			t.Fatalf("%d matched", n)
		}
		for _, m := range box.posted {
			req := httptest.NewRequest(http.MethodPost, "/", nil)
			if err := Policy(issuer{}).Prepare(t.Context(), req.Header, &m, 1); err != nil || req.Header.Get("Authorization") != wantedBearer {
				t.Errorf("delivered with %q, %v", req.Header.Get("Authorization"), err)
			}
			if _, journalled := m.Header["Authorization"]; journalled {
				t.Error("a token is in the journal")
			}
		}
		_, answer, _ := call(t, serve(g), "GET", armBase+"/events", "")
		properties := at(answer, "properties.destination.properties")
		if at(properties, "azureActiveDirectoryTenantId") != "contoso" || at(properties, "azureActiveDirectoryApplicationIdOrUri") != "api://webhook" {
			t.Errorf("read back as %v", properties)
		}
	})
}

func TestWithoutATokenNothingIsSent(t *testing.T) {
	broken := issuer{errors.New("the issuer is down")}
	synctest.Test(t, func(t *testing.T) {
		g, _ := newProtectedGrid(t, roundTrip(func(*http.Request) (*http.Response, error) {
			t.Error("the endpoint was asked")
			return nil, errors.New("it was asked")
		}), broken)
		g.subscribe(t, "events", to("http://127.0.0.1:3000/events", protected))
		synctest.Wait()
		if state, problem := g.stateOf("events"); state != failed || !strings.Contains(problem, "no token for api://webhook: the issuer is down") {
			t.Errorf("%s %q", state, problem)
		}
	})
	m := delivery.Message{Bearer: delivery.Bearer{Tenant: "contoso", Audience: "api://webhook"}}
	for _, tokens := range []Tokens{broken, nil} {
		req := httptest.NewRequest(http.MethodPost, "/", nil)
		if err := Policy(tokens).Prepare(t.Context(), req.Header, &m, 1); !errors.Is(err, delivery.ErrNotReady) {
			t.Errorf("%v ends the event", err)
		}
	}
}

func TestProtectionThatIsRefused(t *testing.T) {
	knows := func(tenant string) bool { return tenant == "contoso" }
	properties := func(more string) string {
		return `{"destination":{"endpointType":"WebHook","properties":{"endpointUrl":"https://app.example/",` + more + `}}}`
	}
	const both = `"azureActiveDirectoryTenantId":"contoso","azureActiveDirectoryApplicationIdOrUri":"api://webhook"`
	for _, row := range []struct {
		name, properties string
		knows            func(string) bool
		kind             fault.Kind
		says             string
	}{
		{"no issuer", both, nil, fault.KindUnsupported, "events.webhook-tokens"},
		{"another tenant", strings.Replace(both, "contoso", "fabrikam", 1), knows, fault.KindUnsupported, `"fabrikam"`},
		{"no application", `"azureActiveDirectoryTenantId":"contoso"`, knows, fault.KindInvalid, "go together"},
		{"no tenant", `"azureActiveDirectoryApplicationIdOrUri":"api://webhook"`, knows, fault.KindInvalid, "go together"},
		{"overlong", strings.Replace(both, "api:", strings.Repeat("x", 1100), 1), knows, fault.KindInvalid, "at most 1024"},
		{"a header of its own", both + `,"deliveryAttributeMappings":[{"name":"authorization","type":"Static","properties":{"value":"hush","isSecret":true}}]`, knows,
			fault.KindInvalid, "header Authorization"},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := ask(t, properties(row.properties)).settings(rules{now: testNow, knowsTenant: row.knows})
			if !fault.Is(err, row.kind) || !strings.Contains(fault.Of(err).Message, row.says) || strings.Contains(err.Error(), "hush") {
				t.Errorf("%v, want kind %d and %q", err, row.kind, row.says)
			}
		})
	}
	if got, err := ask(t, properties(both)).settings(rules{now: testNow, knowsTenant: knows}); err != nil || got.Entra != (Entra{"contoso", "api://webhook"}) {
		t.Errorf("%+v, %v", got.Entra, err)
	}
}

// TestGrantedRateIsOfTheConsent: it comes with the answer, changes with the next
// consent, and survives.
func TestGrantedRateIsOfTheConsent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rate := "120"
		backend := store.InMemory()
		g, box := newTestGrid(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			return allowing(t, 200, "WebHook-Allowed-Origin", "*", "WebHook-Allowed-Rate", rate)(r)
		}), backend)
		expect := func(g *Grid, box *mailbox, want int) {
			t.Helper()
			synctest.Wait()
			box.urls()
			g.IncomingCall(incomingCalls(t)["pstn-to-number"])
			if got := box.posted; len(got) != 1 || got[0].PerMinute != want {
				t.Errorf("posted %+v, want %d a minute", got, want)
			}
		}
		for _, step := range []struct {
			rate string
			want int
		}{{"120", 120}, {"*", 0}, {" 1 ", 1}, {"0", 0}, {"-3", 0}, {"many", 0}, {"", 0}, {"300000", 0}, {"60", 60}} {
			rate = step.rate
			g.subscribe(t, "cloud", to("http://127.0.0.1:3000/events", asCloudEvents))
			expect(g, box, step.want)
		}
		again, box := newTestGrid(t, nil, backend)
		expect(again, box, 60)
	})
}
