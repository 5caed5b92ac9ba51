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

func TestKeysAreShownAndReplaced(t *testing.T) {
	dir, err := datadir.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	r, err := resource.Open(dir, resource.Identity{})
	if err != nil {
		t.Fatal(err)
	}
	router := routerFor(New(Config{Resource: r, Endpoint: func() string { return "https://calls.example" }, Log: slog.New(slog.DiscardHandler)}), everyone{})
	ask := func(action, body string, status int) (answer keysAnswer) {
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
