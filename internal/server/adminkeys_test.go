package server

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/auth"
	"github.com/switchhook/switchhook/internal/fault"
)

func TestKeysAreListedAndRegenerated(t *testing.T) {
	r := openResource(t, openData(t, t.TempDir()), Identity{})
	if err := r.Announce(Addresses{HTTPS: "localhost:8443"}); err != nil {
		t.Fatal(err)
	}
	first, second := r.Keys.Get(auth.Primary), r.Keys.Get(auth.Secondary)
	w := httptest.NewRecorder()
	if err := r.RegenerateKey(w, httptest.NewRequest("POST", "/", strings.NewReader(`{"keyName":"Secondary"}`))); err != nil {
		t.Fatal(err)
	}
	var answer keysAnswer
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	if answer.Primary != first.Base64() || answer.Secondary == second.Base64() || answer.Secondary != r.Keys.Get(auth.Secondary).Base64() {
		t.Error("not the secondary key alone was replaced")
	}
	if answer.SecondaryConnection != "endpoint=https://localhost:8443/;accesskey="+answer.Secondary {
		t.Errorf("connection string is %s", answer.SecondaryConnection)
	}
}

func TestUnknownKeyNameIsInvalid(t *testing.T) {
	r := openResource(t, openData(t, t.TempDir()), Identity{})
	before := r.Keys.String()
	for _, body := range []string{"", "{}", `{"keyName":"Third"}`, `{"keyName":"` + strings.Repeat("x", maxKeyRequest) + `"}`} {
		err := r.RegenerateKey(httptest.NewRecorder(), httptest.NewRequest("POST", "/", strings.NewReader(body)))
		if !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%.40q: %v", body, err)
		}
	}
	if r.Keys.String() != before {
		t.Error("a key was replaced")
	}
}
