package header

import (
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/identifier"
)

// FuzzForwardedTo asks that whoever is read of the Contacts of a 3xx can be called.
func FuzzForwardedTo(f *testing.F) {
	for _, seed := range []string{
		"<sip:102@x>", `"A, b" <sip:+1-555@x;user=phone>;q=0.4, <sip:102@x>;q=1.0`, "<tel:+1555>;q=.5", "sip:8:acs:x_y@h", "*", "<>", ",", "<mailto:a@b>;q=NaN",
		"<sip:1@x>;q=-1, <sip:2@x>;q=7", "<sip:1@x?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>", "<sip:1@x?X-MS-Custom-A=%0d%0aVia:x>",
	} {
		f.Add(seed)
	}
	callee := func(uri *sip.Uri) (identifier.ID, error) {
		return CalleeOf(uri, func(number string) string { return number })
	}
	f.Fuzz(func(t *testing.T, contacts string) {
		response := sip.NewResponse(302, "Moved Temporarily")
		response.AppendHeader(sip.NewHeader("Contact", contacts))
		to, err := ForwardedTo(response, callee)
		if err == nil && (to.IsZero() || strings.ContainsFunc(to.Raw(), IsControl)) {
			t.Errorf("%q names %q", contacts, to.Raw())
		}
		if err != nil && err.Error() == "" {
			t.Errorf("%q is refused without a reason", contacts)
		}
	})
}

func TestPreferenceOfAContact(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]float64{
		"<sip:1@x>": 1, "<sip:1@x>;q=0.25": 0.25, "<sip:1@x>;Q = .5;expires=60": 0.5, "sip:1@x;q=0": 0, "<sip:1@x;q=0.1>": 1,
		`"a;q=0.2" <sip:1@x>`: 1, "<sip:1@x>;q=2": 1, "<sip:1@x>;q=-0.1": 1, "<sip:1@x>;q=NaN": 1, "<sip:1@x>;q": 1,
	} {
		if got := preference(text); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}
