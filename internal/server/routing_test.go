package server

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/store"
	"github.com/switchhook/switchhook/internal/trunk"
)

// demoNumbers are those of a server without a configuration.
var demoNumbers = []string{"+15550100001", "+15550100002"}

// everyone lets all requests in.
type everyone struct{}

func (everyone) Authenticate(*http.Request, auth.Body, auth.Scope) (auth.Principal, error) {
	return auth.Principal{Administrator: true}, nil
}

// TestNumbersAndRoutesFollowTheirAPIs asks that calls see what the APIs change.
func TestNumbersAndRoutesFollowTheirAPIs(t *testing.T) {
	p := &parts{log: slog.New(slog.DiscardHandler), store: store.InMemory(), cfg: config.Config{
		Numbers: demoNumbers, SpareNumbers: []string{"+33155501234"}, Trunks: []trunk.Trunk{trunk.Loopback(0)},
	}}
	for _, open := range []error{p.openNumbers(t.Context()), p.openRouting(t.Context())} {
		if open != nil {
			t.Fatal(open)
		}
	}
	router := rest.New(rest.Config{Auth: everyone{}, Log: p.log})
	p.numbers.Register(router)
	p.routing.Register(router)
	for _, each := range []struct{ method, target, body string }{
		{"DELETE", "/phoneNumbers/+15550100001?api-version=2025-06-01", ""},
		{"PATCH", "/sip?api-version=2024-11-15-preview", `{"trunks":{"loopback":{"sipSignalingPort":5099}},"routes":[{"name":"r","numberPattern":"^.33","trunks":["loopback"],"callerIdOverride":"+15550100002"}]}`},
	} {
		w := httptest.NewRecorder()
		router.ServeHTTP(w, httptest.NewRequest(each.method, each.target, strings.NewReader(each.body)))
		if w.Code >= 300 {
			t.Fatalf("%s %s: %d %s", each.method, each.target, w.Code, w.Body)
		}
	}
	if p.numbers.Owns("+15550100001") || !p.numbers.Owns("+15550100002") || p.numbers.Owns("+33155501234") {
		t.Error("the wrong numbers are ours")
	}
	if found, err := p.trunks.Route("+33155501234"); err != nil || found[0].Port != 5099 {
		t.Errorf("calls go through %v, %v", found, err)
	}
	for to, want := range map[string]string{"+33155501234": "+15550100002", "+4930123456": "+15550100009"} {
		from, _ := identifier.Phone("+15550100009")
		called, _ := identifier.Phone(to)
		if got := p.shownAs(call.Invitation{From: from, To: called}).From.Number(); got != want {
			t.Errorf("a call to %s shows %s, want %s", to, got, want)
		}
	}
	if err := p.close(); err != nil {
		t.Error(err)
	}
}
