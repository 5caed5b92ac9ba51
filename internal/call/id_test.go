package call

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/switchhook/switchhook/internal/identifier"
)

func TestIDsAreGUIDs(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		id := newID()
		read, err := uuid.Parse(id)
		if err != nil || read.String() != id || read.Version() != 4 || read.Variant() != uuid.RFC4122 || seen[id] {
			t.Fatalf("%q: %v, version %d, variant %s, seen before: %t", id, err, read.Version(), read.Variant(), seen[id])
		}
		seen[id] = true
	}
}

func TestServerCallIDNamesAConversation(t *testing.T) {
	id := newServerCallID()
	url, err := base64.StdEncoding.DecodeString(id)
	if err != nil || !bytes.HasPrefix(url, []byte("https://switchhook.internal/api/v2/cp/conv/")) || !bytes.Contains(url, []byte("?i=0&e=")) {
		t.Errorf("%q is %q, %v", id, url, err)
	}
	if !isServerCallID(id) || id == newServerCallID() {
		t.Errorf("%q is not known as one, or comes twice", id)
	}
}

// A context of any length is written whole, and has a secret of its own.
func TestContextHasClaimsAndASecret(t *testing.T) {
	for _, name := range []string{"caller", strings.Repeat("x", 2000)} {
		in := Invitation{From: identifier.User("resource", name), To: identifier.User("resource", "called")}
		parts := strings.Split(newContext(in, "correlation"), ".")
		if len(parts) != 3 {
			t.Fatalf("%d segments", len(parts))
		}
		text, err := base64.RawURLEncoding.DecodeString(parts[1])
		var claims struct{ CallID, From, To string }
		if err != nil || json.Unmarshal(text, &claims) != nil || claims.CallID != "correlation" || claims.From != in.From.Raw() || claims.To != in.To.Raw() {
			t.Errorf("claims %q, %v", text, err)
		}
		if secret, err := base64.RawURLEncoding.DecodeString(parts[2]); err != nil || len(secret) != 16 || strings.HasSuffix(newContext(in, "correlation"), parts[2]) {
			t.Errorf("secret %x, %v", secret, err)
		}
	}
}
