package siprouting

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/backbone"
	"github.com/switchhook/switchhook/internal/golden"
	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/store"
	"github.com/switchhook/switchhook/internal/trunk"
)

// everyone lets all requests in: who may is auth's business.
type everyone struct{}

func (everyone) Authenticate(*http.Request, auth.Body, auth.Scope) (auth.Principal, error) {
	return auth.Principal{}, nil
}

// nameless finds no host, and so keeps tests off the network.
type nameless struct{}

func (nameless) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	return nil, fmt.Errorf("no such host %s", host)
}

type fixture struct {
	*API
	router *rest.Router
	table  *trunk.Table
}

// provider is a trunk of the configuration file with all that the API lacks.
func provider() trunk.Trunk {
	return trunk.Trunk{
		Name: "sip.provider.example", Host: "192.0.2.7", Transport: trunk.TCP, Username: "account", Password: "secret",
		Sources: []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}, Codecs: []string{"PCMA"},
	}
}

func newFixture(t testing.TB, backend store.Backend, change ...func(*Config)) *fixture {
	t.Helper()
	f := &fixture{}
	cfg := Config{
		Trunks: []trunk.Trunk{provider(), trunk.Loopback(0)},
		Routes: []trunk.Route{{Name: "abroad", Pattern: `^\+(?!1)`, Trunks: []string{"sip.provider.example"}}, {Name: "all", Trunks: []string{"loopback"}}},
		Store:  backend, Log: slog.New(slog.DiscardHandler), Resolver: nameless{},
	}
	for _, c := range change {
		c(&cfg)
	}
	var err error
	if cfg.Table == nil {
		if cfg.Table, err = trunk.NewTable(nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	f.table = cfg.Table
	if f.API, err = New(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	f.router = rest.New(rest.Config{Auth: everyone{}, Log: slog.New(slog.DiscardHandler)})
	f.Register(f.router)
	return f
}

func inMemory(t testing.TB) *fixture {
	f := newFixture(t, store.InMemory())
	t.Cleanup(f.Close)
	return f
}

func (f *fixture) send(t testing.TB, method, target, body string, status int) string {
	t.Helper()
	w := httptest.NewRecorder()
	f.router.ServeHTTP(w, httptest.NewRequest(method, target, strings.NewReader(body)))
	if w.Code != status {
		t.Fatalf("%s %s: got %d %s, want %d", method, target, w.Code, w.Body, status)
	}
	return w.Body.String()
}

func (f *fixture) patch(t testing.TB, body string) string {
	t.Helper()
	return f.send(t, "PATCH", newest, body, 200)
}

func isGolden(t *testing.T, name, got string) {
	t.Helper()
	golden.Compare(t, filepath.Join("testdata", name+".json"), []byte(got+"\n"))
}

// tried are the names of the trunks that a number goes through, with port and
// transport.
func (f *fixture) tried(number string) string {
	found, err := f.table.Route(number)
	if err != nil {
		return "none"
	}
	var names []string
	for _, each := range found {
		names = append(names, fmt.Sprintf("%s=%s:%d/%s", each.Name, each.Host, each.Port, each.Transport))
	}
	return strings.Join(names, " ")
}

func onDisk(t *testing.T, dir string) *backbone.Backbone {
	t.Helper()
	b, err := backbone.Open(t.Context(), backbone.Config{Dir: dir}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
