package admin

import (
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/datadir"
	"github.com/switchhook/switchhook/internal/resource"
)

// keyOffice is the administration of a resource's keys, for a sender.
func keyOffice(t *testing.T, sender auth.Principal) (r *resource.Resource, ask func(action, body string, status int) keysAnswer) {
	t.Helper()
	dir, err := datadir.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dir.Close() })
	if r, err = resource.Open(dir, resource.Identity{}); err != nil {
		t.Fatal(err)
	}
	router := routerFor(New(Config{Resource: r, Endpoint: func() string { return "https://calls.example" }, Log: slog.New(slog.DiscardHandler)}), as(sender))
	return r, func(action, body string, status int) (answer keysAnswer) {
		t.Helper()
		w := httptest.NewRecorder()
		router.ServeHTTP(w, httptest.NewRequest("POST", resource.ARMPath+"/"+action+"?api-version=2023-04-01", strings.NewReader(body)))
		if w.Code != status {
			t.Fatalf("%s answers %d %s", action, w.Code, w.Body)
		}
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
			t.Fatal(err)
		}
		return answer
	}
}

func TestKeysAreShownAndReplaced(t *testing.T) {
	r, ask := keyOffice(t, auth.Principal{Issuer: "https://issuer.example", Subject: "operator", Administrator: true})
	before := ask("listKeys", "", 200)
	if before.PrimaryConnectionString != "endpoint=https://calls.example/;accesskey="+r.Keys.Get(auth.Primary).Base64() {
		t.Errorf("got %+v", before)
	}
	after := ask("regenerateKey", `{"keyName":"Secondary"}`, 200)
	if after.PrimaryKey != before.PrimaryKey || after.SecondaryKey == before.SecondaryKey || after.SecondaryKey != r.Keys.Get(auth.Secondary).Base64() {
		t.Errorf("%+v became %+v", before, after)
	}
	ask("regenerateKey", `{"keyName":"Third"}`, 400)
}

// TestKeyIsNotShownToTheOther: guards tell the keys apart, so none may learn the
// other and pass its guards.
func TestKeyIsNotShownToTheOther(t *testing.T) {
	r, ask := keyOffice(t, auth.Principal{Key: "primary", Administrator: true})
	before := r.Keys.Get(auth.Secondary)
	for action, body := range map[string]string{"listKeys": "", "regenerateKey": `{"keyName":"Secondary"}`} {
		if got := ask(action, body, 200); got.PrimaryKey != r.Keys.Get(auth.Primary).Base64() || got.SecondaryKey+got.SecondaryConnectionString != "" {
			t.Errorf("%s shows the primary key %+v", action, got)
		}
	}
	if r.Keys.Known(before.ID()) {
		t.Error("the secondary key was not replaced")
	}
}
