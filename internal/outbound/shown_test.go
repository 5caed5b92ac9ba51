package outbound

import (
	"fmt"
	"log/slog"
	"net/url"
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

// FuzzAddress: of whatever text, the log has neither a password nor a query nor a fragment.
func FuzzAddress(f *testing.F) {
	for _, seed := range []string{"https://app.test/a", "//host", "http://[::1%25eth0]/", "mailto:a", `https:/\\x`, "", "https://x/%3fsig=", "wss://a;b@c/%", "a@b", "https://x/#"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, before string) {
		const secret = "topsecret"
		for _, text := range []string{before + "?" + secret, before + "#" + secret, before + "?a=b&sig=" + secret, "https://" + secret + "@" + before, "https://user:" + secret + "@" + before} {
			shown := Address(text).String()
			u, err := url.Parse(text)
			if strings.Contains(shown, secret) && !strings.Contains(before, secret) && err == nil && (strings.Contains(u.RawQuery+u.Fragment, secret) || u.User != nil && strings.Contains(u.User.String(), secret)) {
				t.Fatalf("%q is shown as %q", text, shown)
			}
		}
	})
}
