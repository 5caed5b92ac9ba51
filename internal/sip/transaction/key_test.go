package transaction

import (
	"strings"
	"testing"
	"unsafe"

	"github.com/emiago/sipgo/sip"
)

// TestKeyKeepsNothingOfItsRequest: a transaction may outlive what came by 32 s.
func TestKeyKeepsNothingOfItsRequest(t *testing.T) {
	text := strings.Repeat("x", 60_000)
	key := Key{branch: text[:20], host: text[20:30], port: 5060, method: sip.RequestMethod(text[30:36]), transport: "UDP"}
	kept := key.clone()
	if kept != key {
		t.Errorf("got %+v, want %+v", kept, key)
	}
	for _, part := range []string{kept.branch, kept.host, string(kept.method)} {
		if at := uintptr(unsafe.Pointer(unsafe.StringData(part))); at-uintptr(unsafe.Pointer(unsafe.StringData(text))) < uintptr(len(text)) {
			t.Errorf("%q lies in the request", part)
		}
	}
}
