package header

import (
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
)

// FuzzContact asks that whatever a phone registers can be called.
func FuzzContact(f *testing.F) {
	for _, seed := range []string{
		`<sip:101@10.0.0.7:5060;transport=tcp>;expires=60;+sip.instance="<urn:uuid:1>";reg-id=1`, `sip:101@10.0.0.7;expires=0`, `*`,
		`"A, B" <sips:a@[2001:db8::1]>;q=0.5;expires="60"`, `<sip:@>;expires=99999999999999999999`, `<>`, `<sip:a@b`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		contact, wrong := ParseContact(text, -1)
		if wrong != "" {
			return
		}
		if contact.URI == "" || strings.ContainsAny(contact.URI, "\r\n <>") || len(contact.Instance) > 2*maxInstance {
			t.Errorf("%q became %+v", text, contact)
		}
		var uri sip.Uri
		if err := sip.ParseUri(contact.URI, &uri); err != nil || uri.Host == "" {
			t.Errorf("%q became %q, which nobody can call: %v", text, contact.URI, err)
		}
	})
}

// TestContactIsReadBehindItsName asks that a display name may hold anything.
func TestContactIsReadBehindItsName(t *testing.T) {
	contact, wrong := ParseContact(`"a > b;expires=7, <c" <sip:101@10.0.0.7;ob>;q=1 ; expires = 60`, -1)
	if wrong != "" || contact.URI != "sip:101@10.0.0.7;ob" || contact.Expires != time.Minute {
		t.Errorf("%+v %s", contact, wrong)
	}
}
