package identity

import (
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/auth/authtest"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/rest"
	"github.com/switchhook/switchhook/internal/store"
)

const (
	resource = "5e8b1c5e-0000-4000-8000-000000000001"
	foreign  = "8:acs:5e8b1c5e-0000-4000-8000-000000000002_00000000-0000-4000-8000-000000000001"
	missed   = "8:acs:" + resource + "_00000000-0000-4000-8000-000000000009"
	version  = "api-version=2023-10-01"
)

var signer = sync.OnceValue(auth.NewSigner)

// fixture is the API on a router, with a clock that stands until it is moved.
type fixture struct {
	*API
	router *rest.Router
	keys   *auth.Keys
	now    time.Time
	gone   func(identifier.ID) // nil: nobody hears of users who were deleted

	withdrawn func(identifier.ID) // nil: nobody hears of tokens that were revoked
}

// The keys are the same after a restart, as those of a server are.
var primary, secondary = auth.NewKey(), auth.NewKey()

func newFixture(t *testing.T, backend store.Backend) *fixture {
	t.Helper()
	f := &fixture{now: time.Date(2026, 11, 20, 13, 4, 0, 500e6, time.UTC)}
	var err error
	if f.keys, err = auth.NewKeys(primary, secondary); err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return f.now }
	tokens := auth.NewUserTokens(auth.UserTokensConfig{Signer: signer(), Keys: f.keys, Resource: resource, Now: now})
	f.API, err = New(Config{Resource: resource, Tokens: tokens, Store: backend, Now: now, Gone: func(id identifier.ID) {
		if f.gone != nil {
			f.gone(id)
		}
	}, Withdrawn: func(id identifier.ID) {
		if f.withdrawn != nil {
			f.withdrawn(id)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	f.router = rest.New(rest.Config{Auth: auth.NewAuthenticator(auth.Config{Keys: f.keys, Now: now}), Now: now, Log: slog.New(slog.DiscardHandler)})
	f.Register(f.router)
	return f
}

func memoryFixture(t *testing.T) *fixture {
	f := newFixture(t, store.InMemory())
	t.Cleanup(f.Close)
	return f
}

func (f *fixture) send(t *testing.T, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host = "localhost:8443"
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if err := authtest.Sign(r, []byte(body), f.keys.Get(auth.Primary).Base64(), f.now); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	f.router.ServeHTTP(w, r)
	return w
}

// want asks for a status and, for an error, its code; it returns the message.
func want(t *testing.T, w *httptest.ResponseRecorder, status int, code string) (message, target string) {
	t.Helper()
	var got struct {
		Error struct{ Code, Message, Target string }
	}
	json.Unmarshal(w.Body.Bytes(), &got)
	if w.Code != status || got.Error.Code != code {
		t.Fatalf("got %d %s, want %d %q", w.Code, w.Body, status, code)
	}
	return got.Error.Message, got.Error.Target
}

// made is the answer to a creation.
type made struct {
	Identity    struct{ ID string }
	AccessToken *struct{ Token, ExpiresOn string }
}

func (f *fixture) make(t *testing.T, body string) made {
	t.Helper()
	w := f.send(t, "POST", "/identities?"+version, body)
	want(t, w, 201, "")
	var got made
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	return got
}

func (f *fixture) issueTo(t *testing.T, id string) string {
	t.Helper()
	w := f.send(t, "POST", "/identities/"+strings.ReplaceAll(id, ":", "%3A")+"/:issueAccessToken?"+version, `{"scopes":["voip"]}`)
	want(t, w, 200, "")
	var got struct{ Token string }
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	return got.Token
}

func (f *fixture) exists(t *testing.T, id string) bool {
	t.Helper()
	parsed, err := identifier.Parse(id)
	if err != nil {
		t.Fatal(err)
	}
	ok, err := f.Exists(t.Context(), parsed)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}
