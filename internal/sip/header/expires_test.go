package header

import (
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
)

// TestOnlyOurOwnBindingSaysHowLongWeAreRegistered has the 200s of registrars that list the
// bindings of all devices of the account (RFC 3261 §10.2.4).
func TestOnlyOurOwnBindingSaysHowLongWeAreRegistered(t *testing.T) {
	t.Parallel()
	const asked = time.Hour
	for name, test := range map[string]struct {
		own      string // "sip:acct@192.0.2.1:5070" where empty
		contacts []string
		expires  string
		want     time.Duration
	}{
		"ours before another":            {contacts: []string{"<sip:acct@192.0.2.1:5070>;expires=16", "<sip:acct@192.0.2.77>;expires=3600"}, want: 16 * time.Second},
		"ours behind another":            {contacts: []string{"<sip:acct@192.0.2.77>;expires=4", "<sip:acct@192.0.2.1:5070>;expires=600"}, want: 10 * time.Minute},
		"in one line":                    {contacts: []string{`"a,b" <sip:acct@192.0.2.77>;expires=4, <sip:acct@192.0.2.1:5070>;expires=600`}, want: 10 * time.Minute},
		"another alone":                  {contacts: []string{"<sip:acct@192.0.2.77>;expires=4"}, want: asked},
		"another alone, and Expires":     {contacts: []string{"<sip:acct@192.0.2.77>;expires=4"}, expires: "120", want: 2 * time.Minute},
		"ours without a time":            {contacts: []string{"<sip:acct@192.0.2.1:5070>", "<sip:acct@192.0.2.77>;expires=4"}, expires: "120", want: 2 * time.Minute},
		"ours before Expires":            {contacts: []string{"<sip:acct@192.0.2.1:5070>;expires=60"}, expires: "120", want: time.Minute},
		"another port is another device": {contacts: []string{"<sip:acct@192.0.2.1:5072>;expires=4"}, want: asked},
		"another user":                   {contacts: []string{"<sip:acct2@192.0.2.1:5070>;expires=4"}, want: asked},
		"parameters in another order":    {contacts: []string{`<sip:acct@192.0.2.1:5070;ob;transport=udp>;q=0.5;+sip.instance="<urn:uuid:1>";Expires=60`}, want: time.Minute},
		"no angle brackets":              {contacts: []string{"sip:acct@192.0.2.1:5070;expires=60"}, want: time.Minute},
		"nonsense":                       {contacts: []string{"<sip:acct@192.0.2.1:5070>;expires=soon"}, want: asked},
		"no Contact, nonsense":           {expires: "soon", want: asked},
		"name in another case":           {own: "sip:acct@sip.example.com;transport=tls", contacts: []string{"<sip:acct@SIP.Example.com:5061;transport=TLS>;expires=60"}, want: time.Minute},
		"another transport":              {own: "sip:acct@192.0.2.1:5070;transport=tcp", contacts: []string{"<sip:acct@192.0.2.1:5070;transport=udp>;expires=4"}, want: asked},
		"transport left out":             {own: "sip:acct@192.0.2.1:5070;transport=tcp", contacts: []string{"<sip:acct@192.0.2.1:5070>;expires=60"}, want: time.Minute},
		"IPv6 written otherwise":         {own: "sip:acct@[2001:db8::1]:5070", contacts: []string{"<sip:acct@[2001:DB8:0::1]:5070>;expires=60"}, want: time.Minute},
		"escaped user":                   {own: "sip:+1555@192.0.2.1:5070", contacts: []string{"<sip:%2B1555@192.0.2.1:5070>;expires=60"}, want: time.Minute},
		"the address that it saw":        {contacts: []string{"<sip:acct@203.0.113.9:40000>;expires=60"}, want: time.Minute},
	} {
		var own sip.Uri
		if test.own == "" {
			test.own = "sip:acct@192.0.2.1:5070"
		}
		if err := sip.ParseUri(test.own, &own); err != nil {
			t.Fatal(err)
		}
		text := "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bK1;received=203.0.113.9;rport=40000\r\n"
		for _, contact := range test.contacts {
			text += "Contact: " + contact + "\r\n"
		}
		if test.expires != "" {
			text += "Expires: " + test.expires + "\r\n"
		}
		message, err := sip.NewParser().ParseSIP([]byte(text + "Content-Length: 0\r\n\r\n"))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := GrantedExpires(message.(*sip.Response), &own, asked); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}
