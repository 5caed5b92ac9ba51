package identity

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/backbone"
	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
	"github.com/switchhook/switchhook/internal/store"
)

func TestCreateWithoutToken(t *testing.T) {
	f := memoryFixture(t)
	for name, body := range map[string]string{"no body": "", "empty object": "{}", "nulls": `{"createTokenWithScopes":null,"expiresInMinutes":null}`, "no scopes": `{"createTokenWithScopes":[]}`} {
		w := f.send(t, "POST", "/identities?"+version, body)
		want(t, w, 201, "")
		var got made
		json.Unmarshal(w.Body.Bytes(), &got)
		if w.Body.String() != `{"identity":{"id":"`+got.Identity.ID+`"}}` || strings.Count(got.Identity.ID, "_") != 1 || !f.exists(t, got.Identity.ID) {
			t.Errorf("%s: %s", name, w.Body)
		}
	}
}

func TestCreateWithToken(t *testing.T) {
	f := memoryFixture(t)
	got := f.make(t, `{"createTokenWithScopes":["chat","voip","chat"],"expiresInMinutes":60}`)
	if got.AccessToken == nil || got.AccessToken.ExpiresOn != "2026-11-20T14:04:00+00:00" {
		t.Fatalf("got %+v", got.AccessToken)
	}
	raw, _ := base64.RawURLEncoding.DecodeString(strings.Split(got.AccessToken.Token, ".")[1])
	var claims struct {
		Exp                         int64
		AcsScope, SkypeID, Endpoint string
	}
	if err := json.Unmarshal(raw, &claims); err != nil {
		t.Fatal(err)
	}
	if claims.Exp != time.Date(2026, 11, 20, 14, 4, 0, 0, time.UTC).Unix() || claims.AcsScope != "chat,voip" || "8:"+claims.SkypeID != got.Identity.ID || claims.Endpoint != "http://localhost:8443" {
		t.Fatalf("claims %+v", claims)
	}
	read, err := f.Authenticate(t.Context(), got.AccessToken.Token)
	if err != nil || read.User != got.Identity.ID || !read.Allows("voip") {
		t.Fatalf("%+v, %v", read, err)
	}
}

func TestIssueChecksWhatIsAskedFor(t *testing.T) {
	f := memoryFixture(t)
	path := "/identities/" + f.make(t, "").Identity.ID + "/:issueAccessToken?" + version
	tests := []struct{ name, body, says, target string }{
		{"no body", "", "Scopes: The Scopes field is required.", "Scopes"},
		{"an empty object", "{}", "Scopes: The Scopes field is required.", "Scopes"},
		{"null", `{"scopes":null}`, "Scopes: The Scopes field is required.", "Scopes"},
		{"no scopes", `{"scopes":[]}`, "Invalid scopes - Scopes field is required.", "scopes"},
		{"unknown scope", `{"scopes":["voip","fly"]}`, `"fly" is not one of chat, voip`, "scopes"},
		{"too short", `{"scopes":["voip"],"expiresInMinutes":59}`, "ExpiresInMinutes value 59 is invalid. Value must be within the [60, 1440] interval.", "ExpiresInMinutes"},
		{"too long", `{"scopes":["voip"],"expiresInMinutes":1441}`, "ExpiresInMinutes value 1441 is invalid. Value must be within the [60, 1440] interval.", "ExpiresInMinutes"},
		{"wrong type", `{"scopes":"voip"}`, "scopes must be an array, not string", "scopes"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			message, target := want(t, f.send(t, "POST", path, test.body), 400, "ValidationError")
			if !strings.Contains(message, test.says) || target != test.target {
				t.Fatalf("%q about %q", message, target)
			}
		})
	}
	w := f.send(t, "POST", path, `{"scopes":["voip.join"],"expiresInMinutes":null}`)
	want(t, w, 200, "")
	if !strings.Contains(w.Body.String(), `"expiresOn":"2026-11-21T13:04:00+00:00"`) {
		t.Fatalf("the default is not a day: %s", w.Body)
	}
}

func TestCreateRefusesABadGrantAndMakesNobody(t *testing.T) {
	f := memoryFixture(t)
	for _, body := range []string{`{"createTokenWithScopes":["fly"]}`, `{"createTokenWithScopes":["voip"],"expiresInMinutes":1}`, `{"expiresInMinutes":60}`} {
		want(t, f.send(t, "POST", "/identities?"+version, body), 400, "ValidationError")
	}
	if ids, _, err := f.List(t.Context(), "", 10); err != nil || len(ids) != 0 {
		t.Fatalf("%v, %v", ids, err)
	}
}

func TestRevokedTokensDieAndNewOnesLive(t *testing.T) {
	f := memoryFixture(t)
	id := f.make(t, "").Identity.ID
	// The clock stands: revocation must tell apart what happens in one millisecond.
	told := 0
	for range 3 {
		old := f.issueTo(t, id)
		f.withdrawn = func(of identifier.ID) {
			if told++; of.Raw() != id {
				t.Errorf("told of %s", of)
			}
			if _, err := f.Authenticate(t.Context(), old); err == nil {
				t.Error("told while the old token is good")
			}
		}
		if _, err := f.Authenticate(t.Context(), old); err != nil {
			t.Fatal(err)
		}
		w := f.send(t, "POST", "/identities/"+id+"/:revokeAccessTokens?"+version, "")
		if want(t, w, 204, ""); w.Body.Len() != 0 {
			t.Fatalf("a body: %s", w.Body)
		}
		var denial *auth.Denial
		if _, err := f.Authenticate(t.Context(), old); !errors.As(err, &denial) || !strings.Contains(denial.Reason, "revoked") {
			t.Fatalf("the old token: %v", err)
		}
		if _, err := f.Authenticate(t.Context(), f.issueTo(t, id)); err != nil {
			t.Fatalf("a token issued after the revocation: %v", err)
		}
	}
	if told != 3 {
		t.Errorf("told %d times", told)
	}
}

func TestDeletedUserAndItsTokensAreGone(t *testing.T) {
	f := memoryFixture(t)
	id := f.make(t, "").Identity.ID
	token := f.issueTo(t, id)
	told := 0
	f.gone = func(who identifier.ID) {
		told++
		if _, err := f.Authenticate(t.Context(), token); err == nil || who.Raw() != id {
			t.Errorf("%s is told to be gone while its token is good: %v", who, err)
		}
	}
	want(t, f.send(t, "DELETE", "/identities/"+id+"?"+version, ""), 204, "")
	if f.exists(t, id) || told != 1 {
		t.Fatalf("the user is still there, or was told to be gone %d times", told)
	}
	if _, err := f.Authenticate(t.Context(), token); err == nil {
		t.Fatal("the token still opens")
	}
	want(t, f.send(t, "DELETE", "/identities/"+id+"?"+version, ""), 404, "IdentityNotFound")
}

func TestReplacedKeyTakesItsTokensAlong(t *testing.T) {
	f := memoryFixture(t)
	token := f.issueTo(t, f.make(t, "").Identity.ID)
	if err := f.keys.Replace(auth.Primary, auth.NewKey()); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Authenticate(t.Context(), token); err == nil {
		t.Fatal("the token outlived the key that minted it")
	}
}

func TestOnlyOwnUsersAreServed(t *testing.T) {
	f := memoryFixture(t)
	operations := []struct{ method, tail, body string }{
		{"DELETE", "", ""}, {"POST", "/:issueAccessToken", `{"scopes":["voip"]}`}, {"POST", "/:revokeAccessTokens", ""},
	}
	for _, op := range operations {
		for id, answer := range map[string]struct {
			status int
			code   string
		}{
			foreign:                 {401, "IdentityNotOwned"},
			missed:                  {404, "IdentityNotFound"},
			"4:+15551230001":        {400, "ValidationError"},
			"8:acs:r_tenant_user":   {400, "ValidationError"},
			"somebody":              {400, "ValidationError"},
			"8:orgid:" + resource:   {400, "ValidationError"},
			"8:acs:" + resource[1:]: {401, "IdentityNotOwned"},
		} {
			want(t, f.send(t, op.method, "/identities/"+id+op.tail+"?"+version, op.body), answer.status, answer.code)
		}
	}
}

func TestExchangesSayThatTheyAreNotOffered(t *testing.T) {
	f := memoryFixture(t)
	for target, method := range map[string]string{
		"/teamsUser/:exchangeAccessToken":                     "POST",
		"/access/entra/:exchangeAccessToken":                  "POST",
		"/access/teamsExtension/:exchangeAccessToken":         "POST",
		"/access/teamsExtension/tenants/t/assignments/object": "PUT",
	} {
		want(t, f.send(t, method, target+"?"+version, `{"token":"t","appId":"a","userId":"u"}`), 501, "NotSupported")
	}
}

func TestEveryDocumentedOperationHasARoute(t *testing.T) {
	text, err := os.ReadFile("testdata/identity.2023-10-01.json")
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal(text, &document); err != nil || len(document.Paths) < 5 {
		t.Fatalf("%d paths, %v", len(document.Paths), err)
	}
	routes := memoryFixture(t).router.Routes()
	for path, methods := range document.Paths {
		for method := range methods {
			if route := strings.ToUpper(method) + " " + path; !slices.Contains(routes, route) {
				t.Errorf("no route %s", route)
			}
		}
	}
}

func TestImportedUsersAreServed(t *testing.T) {
	f := memoryFixture(t)
	old := "8:acs:" + resource + "_0000000a-1b2c-3d4e-5f60-718293a4b5c6"
	n, err := f.Import(t.Context(), []string{old, foreign})
	if n != 0 || err == nil || f.exists(t, old) {
		t.Fatalf("a foreign id among them: %d, %v", n, err)
	}
	if told := fault.Of(err); !strings.Contains(told.Message, "Identity 2 of 2") || !strings.Contains(told.Message, foreign) || !strings.Contains(told.Message, "this server is resource "+resource) {
		t.Errorf("whoever imports is told %q", told.Message)
	}
	for i, fresh := range []int{1, 0} { // a second time nothing is new
		if n, err := f.Import(t.Context(), []string{old}); n != fresh || err != nil {
			t.Fatalf("import %d: %d, %v", i, n, err)
		}
	}
	if _, err := f.Authenticate(t.Context(), f.issueTo(t, old)); err != nil {
		t.Fatal(err)
	}
}

func TestUsersAndAnswersSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	repeated := []string{"Repeatability-Request-ID", "b749bc6d-ed09-4df2-8b7f-c5e60fee7aea", "Repeatability-First-Sent", "Fri, 20 Nov 2026 13:04:00 GMT"}
	var bodies [2]string
	var kept, revoked, deleted string
	for i := range bodies {
		b, err := backbone.Open(t.Context(), backbone.Config{Dir: dir}, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		f := newFixture(t, store.OnBackbone(b))
		w := f.send(t, "POST", "/identities?"+version, `{"createTokenWithScopes":["voip"]}`, repeated...)
		want(t, w, 201, "")
		bodies[i] = w.Body.String()
		if i == 0 {
			kept, revoked, deleted = f.make(t, "").Identity.ID, f.make(t, "").Identity.ID, f.make(t, "").Identity.ID
			want(t, f.send(t, "POST", "/identities/"+revoked+"/:revokeAccessTokens?"+version, ""), 204, "")
			want(t, f.send(t, "DELETE", "/identities/"+deleted+"?"+version, ""), 204, "")
		} else {
			if !f.exists(t, kept) || !f.exists(t, revoked) || f.exists(t, deleted) {
				t.Error("other users than before")
			}
			if u, err := f.users.Get(t.Context(), revoked); err != nil || !u.NotBefore.After(f.now) {
				t.Errorf("the revocation is forgotten: %+v, %v", u, err)
			}
			if ids, next, err := f.List(t.Context(), "", 10); err != nil || len(ids) != 3 || next != "" {
				t.Errorf("users %v, %q, %v", ids, next, err)
			}
		}
		f.Close()
		b.Close()
	}
	if bodies[0] != bodies[1] {
		t.Errorf("the repeated creation answered %s, then %s", bodies[0], bodies[1])
	}
}

func TestBrokenStoreIsNoDenial(t *testing.T) {
	dir := t.TempDir()
	b, err := backbone.Open(t.Context(), backbone.Config{Dir: dir}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	f := newFixture(t, store.OnBackbone(b))
	token := f.issueTo(t, f.make(t, "").Identity.ID)
	f.Close()
	b.Close()
	var denial *auth.Denial
	if _, err := f.Authenticate(t.Context(), token); err == nil || errors.As(err, &denial) || fault.Is(err, fault.KindNotFound) {
		t.Fatalf("got %v", err)
	}
}
