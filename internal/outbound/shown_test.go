package outbound

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// TestAddressHidesWhatGivesAccess asks for host and path alone, in the log and in
// every way of formatting.
func TestAddressHidesWhatGivesAccess(t *testing.T) {
	for text, want := range map[string]string{
		"https://user:secret@app.test/a%2Fb?sig=secret#secret": "https://app.test/a%2Fb",
		"http://app.test:8080":                                 "http://app.test:8080",
		"https://user:secret@app.test:port/":                   "an unreadable address",
		"mailto:secret@app.test":                               "an unreadable address",
		"secret":                                               "an unreadable address",
	} {
		a := Address(text)
		var log strings.Builder
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "to", a)
		if got := a.String(); got != want || strings.Contains(log.String(), "secret") || strings.Contains(fmt.Sprintf("%v %s %q", a, a, a), "secret") {
			t.Errorf("%s: got %s, want %s; log %s", text, got, want, log.String())
		}
	}
}
