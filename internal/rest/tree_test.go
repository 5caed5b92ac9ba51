package rest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// azureRoutes are routes of every odd shape that the APIs have.
var azureRoutes = []string{
	"POST /calling/callConnections",
	"POST /calling/callConnections:answer",
	"GET /calling/callConnections/{callConnectionId}",
	"DELETE /calling/callConnections/{callConnectionId}",
	"POST /calling/callConnections/{callConnectionId}:play",
	"POST /calling/callConnections/{callConnectionId}:terminate",
	"GET /calling/callConnections/{callConnectionId}/participants",
	"GET /calling/callConnections/{callConnectionId}/participants/{rawId}",
	"POST /calling/callConnections/{callConnectionId}/participants:add",
	"POST /identities",
	"DELETE /identities/{id}",
	"POST /identities/{id}/:issueAccessToken",
	"POST /teamsUser/:exchangeAccessToken",
	"GET /sip",
	"PATCH /sip",
	"POST /sip:testRoutesWithNumber",
	"PUT /subscriptions/{s}/resourceGroups/{g}/providers/Microsoft.EventGrid/eventSubscriptions/{name}",
}

func routedFixture(t testing.TB) *fixture {
	f := newFixture(t)
	for _, each := range azureRoutes {
		method, pattern, _ := strings.Cut(each, " ")
		f.Handle(method, pattern, func(w http.ResponseWriter, r *http.Request) error {
			var got strings.Builder
			got.WriteString(pattern)
			for _, name := range []string{"callConnectionId", "rawId", "id", "s", "g", "name"} {
				if value := r.PathValue(name); value != "" {
					got.WriteString(" " + name + "=" + value)
				}
			}
			w.Header().Set("Found", got.String())
			return nil
		}, NoAuth(), NoVersion())
	}
	return f
}

func TestRequestFindsItsRoute(t *testing.T) {
	tests := []struct{ method, target, found string }{
		{"POST", "/calling/callConnections", "/calling/callConnections"},
		{"POST", "/calling/callConnections:answer", "/calling/callConnections:answer"},
		{"POST", "/Calling/CallConnections:Answer", "/calling/callConnections:answer"},
		{"GET", "/calling/callConnections/cc1", "/calling/callConnections/{callConnectionId} callConnectionId=cc1"},
		{"HEAD", "/calling/callConnections/cc1", "/calling/callConnections/{callConnectionId} callConnectionId=cc1"},
		{"POST", "/calling/callConnections/cc1:play", "/calling/callConnections/{callConnectionId}:play callConnectionId=cc1"},
		{"POST", "/calling/callConnections/a:b:play", "/calling/callConnections/{callConnectionId}:play callConnectionId=a:b"},
		{"POST", "/calling/callConnections/a%3Ab%2Fc:play", "/calling/callConnections/{callConnectionId}:play callConnectionId=a:b/c"},
		{"GET", "/calling/callConnections/cc1/participants/4%3A%2B15551230001", "/calling/callConnections/{callConnectionId}/participants/{rawId} callConnectionId=cc1 rawId=4:+15551230001"},
		{"GET", "/calling/callConnections/cc1/participants/4:+15551230001", "/calling/callConnections/{callConnectionId}/participants/{rawId} callConnectionId=cc1 rawId=4:+15551230001"},
		{"GET", "/calling/callConnections/cc1/participants/8:acs:r_u", "/calling/callConnections/{callConnectionId}/participants/{rawId} callConnectionId=cc1 rawId=8:acs:r_u"},
		{"POST", "/calling/callConnections/cc1/participants:add", "/calling/callConnections/{callConnectionId}/participants:add callConnectionId=cc1"},
		{"GET", "/calling/callConnections/cc1/participants/x:add", "/calling/callConnections/{callConnectionId}/participants/{rawId} callConnectionId=cc1 rawId=x:add"},
		{"DELETE", "/identities/8:acs:r_u", "/identities/{id} id=8:acs:r_u"},
		{"DELETE", "/identities/8%3aacs%3ar_u", "/identities/{id} id=8:acs:r_u"},
		{"DELETE", "/identities/caf%C3%A9", "/identities/{id} id=café"},
		{"POST", "/identities/8:acs:r_u/:issueAccessToken", "/identities/{id}/:issueAccessToken id=8:acs:r_u"},
		{"POST", "/identities/8%3Aacs%3Ar_u/:ISSUEaccessTOKEN", "/identities/{id}/:issueAccessToken id=8:acs:r_u"},
		{"POST", "/teamsUser/:exchangeAccessToken", "/teamsUser/:exchangeAccessToken"},
		{"POST", "/sip:testRoutesWithNumber", "/sip:testRoutesWithNumber"},
		{"PUT", "/subscriptions/S/resourcegroups/G/providers/microsoft.eventgrid/eventSubscriptions/N", "/subscriptions/{s}/resourceGroups/{g}/providers/Microsoft.EventGrid/eventSubscriptions/{name} s=S g=G name=N"},
	}
	f := routedFixture(t)
	for _, test := range tests {
		r := httptest.NewRequest(test.method, test.target, nil)
		r.Host = "localhost"
		w := httptest.NewRecorder()
		f.ServeHTTP(w, r)
		if got := w.Header().Get("Found"); w.Code != 200 || got != test.found {
			t.Errorf("%s %s: %d %q, want %q", test.method, test.target, w.Code, got, test.found)
		}
	}
}

func TestUnknownPathsAndMethods(t *testing.T) {
	const notFound, notAllowed = 404, 405
	tests := []struct {
		method, target string
		status         int
		allow          string
	}{
		{"GET", "/", notFound, ""},
		{"GET", "/calling", notFound, ""},
		{"GET", "//calling/callConnections", notFound, ""},
		{"POST", "/calling/callConnections/", notFound, ""},
		{"POST", "/calling/callConnections:", notFound, ""},
		{"POST", "/calling/callConnections:unknown", notFound, ""},
		{"GET", "/calling/callConnections//participants", notFound, ""},
		{"POST", "/calling/callConnections/:play", notFound, ""},
		{"POST", "/identities/8:acs:r_u:issueAccessToken", notAllowed, "DELETE, OPTIONS"},
		{"POST", "/identities//:issueAccessToken", notFound, ""},
		{"GET", "/calling/../identities", notFound, ""},
		{"GET", "/" + strings.Repeat("a/", 100), notFound, ""},
		{"GET", "/calling/callConnections/cc1:play", notAllowed, "OPTIONS, POST"},
		{"PUT", "/calling/callConnections/cc1", notAllowed, "DELETE, GET, HEAD, OPTIONS"},
		{"POST", "/calling/callConnections/cc1:unknown", notAllowed, "DELETE, GET, HEAD, OPTIONS"},
		{"POST", "/calling/callConnections/cc1%3Aplay", notAllowed, "DELETE, GET, HEAD, OPTIONS"},
		{"OPTIONS", "/sip", 204, "GET, HEAD, OPTIONS, PATCH"},
	}
	f := routedFixture(t)
	for _, test := range tests {
		r := httptest.NewRequest(test.method, test.target, nil)
		w := httptest.NewRecorder()
		f.ServeHTTP(w, r)
		if w.Code != test.status || w.Header().Get("Allow") != test.allow {
			t.Errorf("%s %s: %d, Allow %q, want %d, %q", test.method, test.target, w.Code, w.Header().Get("Allow"), test.status, test.allow)
			continue
		}
		if code := map[int]string{404: "ResourceNotFound", 405: "MethodNotAllowed"}[w.Code]; code != "" {
			f.want(t, w, w.Code, code)
		}
	}
}

func TestUnknownVerbIsNamed(t *testing.T) {
	f := routedFixture(t)
	for target, named := range map[string]bool{
		"/calling/callConnections/cc1:unknown": true, "/calling/callConnections/cc1%3Aplay": false, "/calling/callConnections/cc1": false, "/calling/callConnections/a:b1": false,
	} {
		w := httptest.NewRecorder()
		f.ServeHTTP(w, httptest.NewRequest("POST", target, nil))
		if got := f.want(t, w, 405, "MethodNotAllowed").Error.Message; strings.Contains(got, `":unknown"`) != named {
			t.Errorf("%s: %s", target, got)
		}
	}
}

func TestParametersHoldNoControlCharacters(t *testing.T) {
	f := routedFixture(t)
	for _, target := range []string{"/identities/a%00b", "/identities/a%0Ab", "/identities/%FF"} {
		w := httptest.NewRecorder()
		f.ServeHTTP(w, httptest.NewRequest("DELETE", target, nil))
		if got := f.want(t, w, 400, "ValidationError"); got.Error.Target != "id" {
			t.Errorf("%s: target %q", target, got.Error.Target)
		}
	}
}

func TestWrongPatternsPanic(t *testing.T) {
	for _, pattern := range []string{"no-slash", "/a{b}", "/{}", "/a:b/c", "/sip"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%q was accepted", pattern)
				}
			}()
			f := newFixture(t)
			f.Handle("GET", "/sip", nothing)
			f.Handle("GET", pattern, nothing)
		}()
	}
}

func FuzzRouter(f *testing.F) {
	routed := routedFixture(f)
	for _, each := range azureRoutes {
		_, pattern, _ := strings.Cut(each, " ")
		f.Add(pattern)
	}
	f.Add("/calling/callConnections/8%3Aacs%3Ar_u::::play")
	f.Add("/%zz/%")
	f.Fuzz(func(t *testing.T, path string) {
		found, params := routed.routes.find(path)
		if found == nil {
			return
		}
		for method, route := range found.routes {
			if len(route.params) != len(params) {
				t.Fatalf("%s %s got parameters %q for %q", method, route.pattern, params, path)
			}
		}
		for _, param := range params {
			if param == "" {
				t.Fatalf("an empty parameter in %q", path)
			}
		}
	})
}

func BenchmarkRoute(b *testing.B) {
	f := routedFixture(b)
	b.ReportAllocs()
	for b.Loop() {
		if found, _ := f.routes.find("/calling/callConnections/cc1/participants/8%3Aacs%3Ar_u"); found == nil {
			b.Fatal("not found")
		}
	}
}
