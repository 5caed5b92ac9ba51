package header

import (
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/identifier"
)

// FuzzReferTo asks that whatever is read of Refer-To can be used.
func FuzzReferTo(f *testing.F) {
	for _, seed := range []string{
		"<sip:+15557770000@x;user=phone>", `"a \" <b>" <sip:1@x?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>`, "tel:+1-555", "sip:8:acs:x_y@h",
		"<sip:1@x;method=BYE>", "<sip:1@x?X-MS-Custom-A=%0d%0aVia:x>", "<>", "<sip:", "a,b", "sip:1@x?&&=", "<sips:%2B1555@[::1]:5061;transport=tls>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		target, err := ParseReferTo(value, func(uri *sip.Uri) (identifier.ID, error) {
			return CalleeOf(uri, func(number string) string { return number })
		})
		if err != nil {
			if status := ReferToRefusal(err); status.Code < 400 || status.Phrase == "" {
				t.Errorf("%q is refused as %+v", value, status)
			}
			return
		}
		if target.To.IsZero() && target.Replaces == nil {
			t.Errorf("%q names nobody", value)
		}
		for name, text := range target.Headers {
			if strings.ContainsFunc(name+text, IsControl) || len(text) > 3*maxCustomValue {
				t.Errorf("%q gives the header %q: %q", value, name, text)
			}
		}
		if r := target.Replaces; r != nil && (r.CallID == "" || r.ToTag == "" || strings.ContainsFunc(r.CallID+r.ToTag+r.FromTag, IsControl)) {
			t.Errorf("%q replaces %+v", value, r)
		}
	})
}
