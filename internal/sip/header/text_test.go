package header

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/emiago/sipgo/sip"
)

// TestReasonHeadersAreRead asks for status and cause in every order.
func TestReasonHeadersAreRead(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		headers []string
		status  Status
		cause   Cause
	}{
		{[]string{`Q.850;cause=16;text="Normal call clearing"`}, Status{}, Cause{Value: 16, Text: "Normal call clearing"}},
		{[]string{`SIP;cause=200;text="Call completed, elsewhere" , Q.850 ; cause = 26`}, Status{Code: 200, Phrase: "Call completed, elsewhere"}, Cause{Value: 26}},
		{[]string{`q.850;text="a;b\"c";cause=17`, `sip;cause=486`}, Status{Code: 486}, Cause{Value: 17, Text: `a;b"c`}},
		{[]string{`Q.850;cause=999`, `SIP;cause=banana`, `X;cause=1`, ``}, Status{}, Cause{}},
	} {
		request := sip.NewRequest(sip.BYE, sip.Uri{})
		for _, field := range test.headers {
			request.AppendHeader(sip.NewHeader("Reason", field))
		}
		if status, cause := Reasons(request); status != test.status || cause != test.cause {
			t.Errorf("%q: got %+v %+v", test.headers, status, cause)
		}
	}
}

// TestUsersBecomeIdentifiers asks who is called by which user part.
func TestUsersBecomeIdentifiers(t *testing.T) {
	t.Parallel()
	for uri, want := range map[string]string{
		"sip:+15551230001@host":                     "4:+15551230001",
		"sip:15551230001@host":                      "4:+15551230001",
		"sip:+1-555.123(0001);phone-context=x@host": "4:+15551230001",
		"sip:%2B15551230001@host":                   "4:+15551230001",
		"tel:+1-555-123-0001":                       "4:+15551230001",
		"TEL:+1.555.(123)0001;isub=1;ext=2":         "4:+15551230001",
		"tel:70-42;phone-context=+1-555":            "4:7042",
		"tel:7042;isub=1;phone-context=a.example":   "4:7042",
		"sip:7042;phone-context=x@host;user=phone":  "4:7042",
		"sip:7042@host":                             "4:+7042",
		"sip:alice@host":                            "alice",
		"sip:*98@host":                              "*98",
		"sip:8%3Aacs%3A00000000-0000-0000-0000-000000000000_00000001-0000-0000-0000-000000000002@host": "8:acs:00000000-0000-0000-0000-000000000000_00000001-0000-0000-0000-000000000002",
		"sip:host":           "",
		"sip:a%20b@host":     "",
		"sip:%0d%0aVia@host": "",
	} {
		var parsed sip.Uri
		if err := sip.ParseUri(uri, &parsed); err != nil {
			t.Fatalf("%s: %v", uri, err)
		}
		id, err := CalleeOf(&parsed, func(number string) string { return number })
		if (err != nil) != (want == "") || id.Raw() != want {
			t.Errorf("%s: got %q, %v; want %q", uri, id.Raw(), err, want)
		}
	}
}

// FuzzHeaders asks that no header text breaks what we read, and that what we
// write can be read again.
func FuzzHeaders(f *testing.F) {
	f.Add(`Q.850;cause=16;text="Normal"`, `Ali\"ce`, "+1 (555)")
	f.Add(`SIP;cause=200;text="a,b";x, Q.850;cause=26`, "\xff\r\n", "%zz")
	f.Add(`";\`, "é\x00", "tel")
	f.Fuzz(func(t *testing.T, reason, display, user string) {
		request := sip.NewRequest(sip.BYE, sip.Uri{User: user})
		request.AppendHeader(sip.NewHeader("Reason", reason))
		status, cause := Reasons(request)
		if status.Code < 0 || status.Code > 699 || cause.Value < 0 || cause.Value > 127 || len(cause.Text) > maxReasonText {
			t.Errorf("%+v %+v", status, cause)
		}
		if _, again := Reasons(withReason(reasonValue("Q.850", 16, cause.Text))); again.Value != 16 || again.Text != cause.Text {
			t.Errorf("wrote %q, read %q", cause.Text, again.Text)
		}
		name := UnescapeDisplay(display)
		if !utf8.ValidString(name) || strings.ContainsFunc(name, IsControl) {
			t.Errorf("display name %q", name)
		}
		if len(name) < maxDisplay/2 && UnescapeDisplay(EscapeDisplay(name)) != name {
			t.Errorf("wrote %q, read %q", name, UnescapeDisplay(EscapeDisplay(name)))
		}
		if id, err := calleeOf(User(&request.Recipient)); err == nil && strings.ContainsFunc(id.Raw(), IsControl) {
			t.Errorf("identifier %q", id.Raw())
		}
		if written := WriteCustom(map[string]string{"X-MS-Custom-A": display}); len(written) == 1 && strings.ContainsAny(written[0].Value(), "\r\n") {
			t.Errorf("header %q", written[0].Value())
		}
	})
}

func withReason(value string) *sip.Request {
	request := sip.NewRequest(sip.BYE, sip.Uri{})
	request.AppendHeader(sip.NewHeader("Reason", value))
	return request
}

// FuzzTone asks that no INFO body breaks the reading of keys.
func FuzzTone(f *testing.F) {
	f.Add("application/dtmf-relay", "Signal=5\r\nDuration=160")
	f.Add("application/dtmf", "#")
	f.Fuzz(func(t *testing.T, kind, body string) {
		request := sip.NewRequest(sip.INFO, sip.Uri{})
		content := sip.ContentTypeHeader(kind)
		request.AppendHeader(&content)
		request.SetBody([]byte(body))
		carried, _ := ReadContent(request, KeyTypes...)
		if key, ok := Key(carried); ok && strings.IndexByte("0123456789ABCD*#", key) < 0 {
			t.Errorf("key %q", key)
		}
	})
}

// TestReplacesIsReadWithBlanks asks for the grammar of RFC 3891 §6.1.
func TestReplacesIsReadWithBlanks(t *testing.T) {
	for _, value := range []string{
		"a@b;to-tag=1;from-tag=2;early-only", " a@b ; to-tag = 1 ;\tfrom-tag =2 ; early-only", "a@b;FROM-TAG=2;To-Tag=1;x=y;Early-Only",
	} {
		if got := ParseReplaces(value); got != (Replaces{CallID: "a@b", ToTag: "1", FromTag: "2", EarlyOnly: true}) {
			t.Errorf("%q is %+v", value, got)
		}
	}
}
