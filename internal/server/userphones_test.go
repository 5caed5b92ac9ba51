package server

import (
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/switchhook/switchhook/internal/admin"
	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/config"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/identity"
	"github.com/switchhook/switchhook/internal/registrar"
	"github.com/switchhook/switchhook/internal/resource"
	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/store"
	"github.com/switchhook/switchhook/internal/trunk"
)

const phonesResource = "11111111-2222-4333-8444-555555555555"

// phoneOffice is what manages telephones, in memory, with one user.
type phoneOffice struct {
	*parts
	router *rest.Router
	user   string
}

func newPhoneOffice(t *testing.T) phoneOffice {
	t.Helper()
	keys, err := auth.NewKeys(auth.NewKey(), auth.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	p := &parts{
		log: slog.New(slog.DiscardHandler), store: store.InMemory(), metrics: prometheus.NewRegistry(),
		resource: &resource.Resource{ID: phonesResource, Keys: keys},
		cfg:      config.Config{Numbers: demoNumbers, Trunks: []trunk.Trunk{{Name: "roaming", InboundUsername: "carrier", InboundPassword: "secret"}}},
	}
	t.Cleanup(func() { p.close() })
	for _, open := range []error{p.openNumbers(t.Context()), p.openRouting(t.Context()), p.openRegistrar(t.Context())} {
		if open != nil {
			t.Fatal(open)
		}
	}
	p.identities, err = identity.New(identity.Config{
		Resource: phonesResource, Tokens: auth.NewUserTokens(auth.UserTokensConfig{Keys: p.resource.Keys, Resource: phonesResource}), Store: p.store, Log: p.log,
		Revoked: p.registrar.SignOut, Deleted: p.registrar.RemoveIdentity,
	})
	if err != nil {
		t.Fatal(err)
	}
	p.later(func() error { p.identities.Close(); return nil })
	user := identifier.User(phonesResource, "0000000a-1b2c-3d4e-5f60-718293a4b5c6").Raw()
	if _, err := p.identities.Import(t.Context(), []string{user}); err != nil {
		t.Fatal(err)
	}
	o := phoneOffice{p, rest.New(rest.Config{Auth: everyone{}, Log: p.log}), user}
	p.administration().Routes(o.router)
	p.identities.Register(o.router)
	return o
}

// ask makes a request and reads a telephone from the answer.
func (o phoneOffice) ask(t *testing.T, method, target, body string, status int) (answer admin.Phone, text string) {
	t.Helper()
	w := httptest.NewRecorder()
	o.router.ServeHTTP(w, httptest.NewRequest(method, target+"?api-version=2023-10-01", strings.NewReader(body)))
	if w.Code != status {
		t.Fatalf("%s %s: %d %s, want %d", method, target, w.Code, w.Body, status)
	}
	if w.Body.Len() > 0 && status < 300 {
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatal(err)
		}
	}
	return answer, w.Body.String()
}

func TestUsersTakeTheirPhonesAlong(t *testing.T) {
	o := newPhoneOffice(t)
	o.ask(t, "POST", admin.PhonesPath, `{"identity":"`+o.user+`","userName":"101"}`, 201)
	_, err := o.registrar.Register(t.Context(), registrar.Request{
		UserName: "101", CallID: "c", CSeq: 1, Flow: registrar.Flow{Transport: "UDP", Source: netip.MustParseAddrPort("198.51.100.7:5062")},
		Contacts: []registrar.Contact{{URI: "sip:101@10.0.0.7", Expires: time.Hour}},
	})
	if err != nil {
		t.Fatal(err)
	}
	o.ask(t, "POST", "/identities/"+o.user+"/:revokeAccessTokens", "", 204)
	if len(o.registrar.AllBindings()) != 0 || len(o.registrar.List()) != 1 {
		t.Error("revoking does not sign the phones out, or takes their passwords")
	}
	o.ask(t, "DELETE", "/identities/"+o.user, "", 204)
	if len(o.registrar.List()) != 0 {
		t.Error("a deleted user keeps phones")
	}
}
