package speech_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/speech"
)

func TestEndpointsAreComparedWithoutTheirSlashAndCase(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"as it is", "https://a.cognitiveservices.azure.com", "https://a.cognitiveservices.azure.com"},
		{"slash", "https://a.cognitiveservices.azure.com/", "https://a.cognitiveservices.azure.com"},
		{"case", "HTTPS://A.Cognitiveservices.azure.com/", "https://a.cognitiveservices.azure.com"},
		{"case of a path is kept", "https://A.test/Path/", "https://a.test/Path"},
		{"spaces around", " https://a.test ", "https://a.test"},
		{"no scheme", "A.test/", "a.test"},
		{"nothing", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := speech.EndpointName(test.text); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestKeysDoNotPrint(t *testing.T) {
	key := struct{ Key speech.Key }{"hush"}
	var out strings.Builder
	slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "config", key, "key", key.Key)
	fmt.Fprintf(&out, "%v %+v %#v %s", key, key, key, key.Key)
	if strings.Contains(out.String(), "hush") {
		t.Error(out.String())
	}
}
