package sdp

import (
	"encoding/hex"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestKeysHideThemselves(t *testing.T) {
	raw, err := hex.DecodeString("e1f97a0d3e018be0d64fa32c06de41390ec675ad498afeebb6960b3aabe6") // RFC 3711 appendix B.3
	if err != nil {
		t.Fatal(err)
	}
	var key Key
	copy(key[:], raw)
	var text strings.Builder
	slog.New(slog.NewTextHandler(&text, nil)).Info("media", "key", key, "protection", Protection{Suite: AES128SHA80, Send: key, Receive: key})
	slog.New(slog.NewJSONHandler(&text, nil)).Info("media", "key", key)
	fmt.Fprintf(&text, "%v %+v %#v %s %v", key, key, key, key, Media{Protection: Protection{Suite: AES128SHA80, Send: key, Receive: key}})
	for _, secret := range []string{"225", "e1f97a", "E1F97A", "4fl6DT4"} {
		if strings.Contains(text.String(), secret) {
			t.Errorf("%q shows in %s", secret, text.String())
		}
	}
}

func TestSuitesHaveTheirNames(t *testing.T) {
	for _, suite := range Suites {
		if got, ok := suiteNamed(suite.String()); !ok || got != suite {
			t.Errorf("%v is found as %v, %v", suite, got, ok)
		}
	}
	if got, ok := suiteNamed(""); ok || got != Unprotected {
		t.Errorf("no name finds %v", got)
	}
}
