package store

import (
	"encoding/base64"
	"testing"

	"github.com/switchhook/switchhook/internal/fault"
)

// TestPageTokensAreThoseThatWereGivenOut: any other would begin somewhere, often behind
// everything, where its page looks like the end of the list.
func TestPageTokensAreThoseThatWereGivenOut(t *testing.T) {
	for _, key := range []string{"", "a", "8:acs:resource_user", "\xff\x00"} {
		if got, err := PageKey(PageToken(key)); got != key || err != nil {
			t.Errorf("%q comes back as %q, %v", key, got, err)
		}
	}
	given := PageToken("8:acs:resource_user")
	for _, made := range []string{"broken", "no token!", given[1:], given[:len(given)-1], given + "A", base64.RawURLEncoding.EncodeToString([]byte("8:acs:resource_user"))} {
		if key, err := PageKey(made); !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%q names %q, %v", made, key, err)
		}
	}
}
