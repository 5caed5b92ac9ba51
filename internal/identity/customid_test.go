package identity

import (
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/backbone"
	"github.com/switchhook/switchhook/internal/store"
)

const preview = "api-version=2025-03-02-preview"

// TestCustomIDNamesOneIdentity asks for what was recorded of the service: whoever is created
// again is the same identity, and its last token is told.
func TestCustomIDNamesOneIdentity(t *testing.T) {
	f := memoryFixture(t)
	create := func(body string) (id, token, text string) {
		t.Helper()
		w := f.send(t, "POST", "/identities?"+preview, body)
		want(t, w, 201, "")
		var got made
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if got.AccessToken != nil {
			token = got.AccessToken.Token
		}
		return got.Identity.ID, token, strings.ReplaceAll(w.Body.String(), got.Identity.ID, "ID")
	}
	get := func(id string) string {
		t.Helper()
		w := f.send(t, "GET", "/identities/"+id+"?"+preview, "")
		want(t, w, 200, "")
		return strings.ReplaceAll(w.Body.String(), id, "ID")
	}
	gustav, _, text := create(`{"customId":"gustav@example.net"}`)
	if text != `{"identity":{"customId":"gustav@example.net","id":"ID"}}` || get(gustav) != `{"customId":"gustav@example.net","id":"ID"}` {
		t.Errorf("made %s, then %s", text, get(gustav))
	}
	if ida, _, _ := create(`{"customId":"ida@example.net"}`); ida == gustav {
		t.Error("two customIds have one identity")
	}
	same, token, text := create(`{"customId":"gustav@example.net","createTokenWithScopes":["voip"]}`)
	if same != gustav || !strings.HasPrefix(text, `{"identity":{"customId":"gustav@example.net","lastTokenIssuedAt":"2026-11-20T13:04:00+00:00","id":"ID"},"accessToken":`) {
		t.Errorf("again: %s", text)
	}
	if read, err := f.Authenticate(t.Context(), token); err != nil || read.User != gustav {
		t.Errorf("the token is of %+v, %v", read, err)
	}
	f.now = f.now.Add(time.Hour)
	f.issueTo(t, gustav)
	if got := get(gustav); got != `{"customId":"gustav@example.net","lastTokenIssuedAt":"2026-11-20T14:04:00+00:00","id":"ID"}` {
		t.Errorf("after another token %s", got)
	}

	want(t, f.send(t, "DELETE", "/identities/"+gustav+"?"+preview, ""), 204, "")
	want(t, f.send(t, "GET", "/identities/"+gustav+"?"+preview, ""), 404, "IdentityNotFound")
	other, _, text := create(`{"customId":"gustav@example.net"}`)
	if other == gustav || text != `{"identity":{"customId":"gustav@example.net","id":"ID"}}` {
		t.Errorf("after its deletion %s is %s", other, text)
	}
	if _, err := f.Authenticate(t.Context(), token); err == nil {
		t.Error("a token of the deleted identity opens")
	}
}

func TestIdentityWithoutCustomID(t *testing.T) {
	f := memoryFixture(t)
	const body = `{"customId":"gustav@example.net"}` // which stable versions do not know
	one, two := f.make(t, body).Identity.ID, f.make(t, body).Identity.ID
	if one == two {
		t.Error("a stable version knows customIds")
	}
	f.issueTo(t, one)
	if w := f.send(t, "GET", "/identities/"+one+"?"+version, ""); w.Body.String() != `{"id":"`+one+`"}` {
		t.Errorf("got %s", w.Body)
	}
	for id, code := range map[string]string{foreign: "IdentityNotOwned", missed: "IdentityNotFound", "somebody": "ValidationError"} {
		status := map[string]int{"IdentityNotOwned": 401, "IdentityNotFound": 404, "ValidationError": 400}[code]
		want(t, f.send(t, "GET", "/identities/"+id+"?"+preview, ""), status, code)
	}
	long := `{"customId":"` + strings.Repeat("é", maxCustomID+1) + `"}`
	if _, target := want(t, f.send(t, "POST", "/identities?"+preview, long), 400, "ValidationError"); target != "customId" {
		t.Errorf("about %q", target)
	}
}

func TestCustomIDsSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	var ids [2]string
	for i := range ids {
		b, err := backbone.Open(t.Context(), backbone.Config{Dir: dir}, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		f := newFixture(t, store.OnBackbone(b))
		w := f.send(t, "POST", "/identities?"+preview, `{"customId":"gustav@example.net"}`)
		want(t, w, 201, "")
		ids[i] = w.Body.String()
		f.Close()
		b.Close()
	}
	if ids[0] != ids[1] {
		t.Errorf("%s, then %s", ids[0], ids[1])
	}
}
