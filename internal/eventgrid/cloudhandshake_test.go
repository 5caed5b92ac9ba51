package eventgrid

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/store"
)

// allowing answers OPTIONS with the given headers, as name, value, ….
func allowing(t testing.TB, status int, headers ...string) roundTrip {
	return func(r *http.Request) (*http.Response, error) {
		if r.Method != http.MethodOptions {
			t.Errorf("asked by %s", r.Method)
		}
		answer := reply(status, "")
		for i := 0; i < len(headers); i += 2 {
			answer.Header.Set(headers[i], headers[i+1])
		}
		return answer, nil
	}
}

func asCloudEvents(r *settingsRequest) {
	schema := schemaCloudEvents
	r.Schema = &schema
}

func TestCloudEventsHandshakeVerdict(t *testing.T) {
	for _, row := range []struct {
		name   string
		answer roundTrip
		want   outcome
		says   string
	}{
		{"the origin", allowing(t, 200, "WebHook-Allowed-Origin", "eventgrid.azure.net", "WebHook-Allowed-Rate", "120"), consented, ""},
		{"the origin in capitals", allowing(t, 204, "webhook-allowed-origin", "EventGrid.Azure.Net"), consented, ""},
		{"every origin", allowing(t, 200, "WebHook-Allowed-Origin", "*", "WebHook-Allowed-Rate", "*"), consented, ""},
		{"a rate is not needed", allowing(t, 200, "WebHook-Allowed-Origin", "*"), consented, ""},
		{"headers count, not the status", allowing(t, 405, "WebHook-Allowed-Origin", "*"), consented, ""},
		{"another origin", allowing(t, 200, "WebHook-Allowed-Origin", "example.com"), refused, `allows another origin`},
		{"200 alone", allowing(t, 200), deferred, "without consent; expected the header WebHook-Allowed-Origin: eventgrid.azure.net (or *)"},
		{"a rate alone", allowing(t, 204, "WebHook-Allowed-Rate", "120"), deferred, "opened within 10m0s"},
		{"405", allowing(t, 405), refused, "answered OPTIONS with 405 Method Not Allowed"},
		{"404", allowing(t, 404), refused, "expected the header"},
		{"a redirect", allowing(t, 307, "Location", "/elsewhere?code=hush"), refused, "redirects are not followed"},
	} {
		t.Run(row.name, func(t *testing.T) {
			in := invitation{label: "INCOMING", schema: schemaCloudEvents, endpoint: "http://127.0.0.1:3000/events?code=hush", url: "https://here/?id=1&t=2"}
			got := newHandshake(row.answer, nil, testTopic, time.Now).ask(t.Context(), in)
			if got.outcome != row.want || !strings.Contains(got.reason, row.says) || strings.Contains(got.reason, "hush") {
				t.Errorf("verdict %d %q, want %d %q", got.outcome, got.reason, row.want, row.says)
			}
		})
	}
}

func TestCloudEventsHandshakeRequestIsAsDocumented(t *testing.T) {
	var got *http.Request
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r }))
	defer server.Close()
	in := invitation{label: "INCOMING", schema: schemaCloudEvents, endpoint: server.URL + "/events?code=hush", url: "https://here/eventgrid/validate?id=1&t=2"}
	newHandshake(nil, nil, testTopic, time.Now).ask(t.Context(), in)
	if got == nil || got.Method != "OPTIONS" || got.URL.RequestURI() != "/events?code=hush" || got.ContentLength != 0 {
		t.Fatalf("asked with %+v", got)
	}
	for name, want := range map[string]string{
		"WebHook-Request-Origin":   "eventgrid.azure.net",
		"WebHook-Request-Rate":     "300000",
		"WebHook-Request-Callback": in.url,
		"aeg-event-type":           "SubscriptionValidation",
		"aeg-subscription-name":    "INCOMING",
		"aeg-data-version":         "",
		"Content-Type":             "",
	} {
		if got.Header.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, got.Header.Get(name), want)
		}
	}
}

// TestCloudEventsCallbackConsents by GET, as a person does, and by POST, as a
// program may.
func TestCloudEventsCallbackConsents(t *testing.T) {
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		t.Run(method, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				links := make(chan string, 1)
				g, _ := newTestGrid(t, roundTrip(func(r *http.Request) (*http.Response, error) {
					links <- r.Header.Get("WebHook-Request-Callback")
					return reply(200, ""), nil
				}), store.InMemory())
				h := serve(g)
				g.subscribe(t, "incoming", to("http://127.0.0.1:3000/events", asCloudEvents))
				link := <-links
				synctest.Wait()
				if got, problem := g.stateOf("incoming"); got != awaiting || !strings.Contains(problem, "WebHook-Request-Callback") {
					t.Fatalf("state %s %q", got, problem)
				}
				time.Sleep(consentTime - time.Second)
				r := httptest.NewRequest(method, link, nil)
				r.Header.Set("WebHook-Allowed-Rate", "100")
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				if sub, _ := g.view.Load().find("incoming"); sub.PerMinute != 100 {
					t.Errorf("%d a minute are granted", sub.PerMinute)
				}
				if got, problem := g.stateOf("incoming"); w.Code != 200 || got != succeeded {
					t.Errorf("answered %d, state %s %q", w.Code, got, problem)
				}
			})
		})
	}
}

// TestCloudEventIsOneObject with the headers of its schema, next to a
// subscription in the other one.
func TestCloudEventIsOneObject(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked []string
		g, box := newTestGrid(t, roundTrip(func(r *http.Request) (*http.Response, error) {
			asked = append(asked, r.Method)
			if r.Method == http.MethodPost {
				return willing(t)(r)
			}
			return allowing(t, 200, "WebHook-Allowed-Origin", "*")(r)
		}), store.InMemory())
		g.subscribe(t, "array", to("http://127.0.0.1:3000/array"))
		synctest.Wait()
		g.subscribe(t, "cloud", to("http://127.0.0.1:3000/cloud", asCloudEvents))
		synctest.Wait()
		if n := g.IncomingCall(incomingCalls(t)["pstn-to-number"]); n != 2 {
			t.Fatalf("%d matched", n)
		}
		array, cloud := box.posted[0], box.posted[1]
		if array.ID != cloud.ID || array.Body[0] != '[' || cloud.Body[0] != '{' {
			t.Errorf("posted %s\nand %s", array.Body, cloud.Body)
		}
		for name, want := range map[string]string{
			"Content-Type":          "application/cloudevents+json; charset=utf-8",
			"Origin":                "eventgrid.azure.net",
			"aeg-subscription-name": "CLOUD",
			"aeg-event-type":        "Notification",
			"aeg-metadata-version":  "1.0",
			"aeg-data-version":      "",
		} {
			if got := cloud.Header[name]; got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		if _, has := array.Header["Origin"]; has {
			t.Error("the Event Grid schema has an Origin")
		}
		g.subscribe(t, "cloud", to("http://127.0.0.1:3000/other", asCloudEvents)) // again on update
		synctest.Wait()
		if strings.Join(asked, " ") != "POST OPTIONS OPTIONS" {
			t.Errorf("asked by %v", asked)
		}
	})
}
