package storage

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestTokensAreSent: from a file, and from an endpoint such as Azure's for managed
// identities.
func TestTokensAreSent(t *testing.T) {
	var authorization string
	azure := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		authorization = r.Header.Get("Authorization")
		w.WriteHeader(http.StatusCreated)
	}))
	defer azure.Close()
	status := http.StatusOK
	answer := fmt.Sprintf(`{"access_token":"s3cret2","expires_on":"%d","token_type":"Bearer"}`, time.Now().Add(time.Hour).Unix())
	identity := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Metadata") != "true" || r.URL.Query().Get("resource") != "https://storage.azure.com/" || r.URL.Query().Get("api-version") == "" {
			t.Errorf("the endpoint is asked %s, %v", r.URL, r.Header)
		}
		w.WriteHeader(status)
		fmt.Fprint(w, answer)
	}))
	defer identity.Close()
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("s3cret1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	put := func(token string) error {
		account, err := ParseAccount("AccountName=acme;BlobEndpoint=" + azure.URL + "/acme;" + token)
		if err != nil {
			t.Fatal(err)
		}
		c, err := NewBlobs(account, "kept", azure.Client())
		if err != nil {
			t.Fatal(err)
		}
		return c.Put(t.Context(), "a.json", strings.NewReader("{}"), Properties{})
	}
	for token, want := range map[string]string{"TokenFile=" + file: "Bearer s3cret1", "TokenEndpoint=" + identity.URL: "Bearer s3cret2"} {
		if err := put(token); err != nil || authorization != want {
			t.Errorf("%s: %q is sent, %v", token, authorization, err)
		}
	}
	for _, fails := range []struct {
		name, token, answer string
		status              int
	}{
		{"a file that is missing", "TokenFile=" + file + ".missing", "", 0},
		{"an endpoint that refuses", "TokenEndpoint=" + identity.URL, "s3cret", http.StatusBadRequest},
		{"an endpoint without a token", "TokenEndpoint=" + identity.URL, "{}", http.StatusOK},
	} {
		status, answer, authorization = fails.status, fails.answer, ""
		if err := put(fails.token); err == nil || authorization != "" || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v, and %q is sent", fails.name, err, authorization)
		}
	}
}
