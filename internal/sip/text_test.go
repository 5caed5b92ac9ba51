package sip

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/call"
)

// TestReasonHeadersAreRead asks for status and cause in every order.
func TestReasonHeadersAreRead(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		headers []string
		status  call.Status
		cause   call.Cause
	}{
		{[]string{`Q.850;cause=16;text="Normal call clearing"`}, call.Status{}, call.Cause{Value: 16, Text: "Normal call clearing"}},
		{[]string{`SIP;cause=200;text="Call completed, elsewhere" , Q.850 ; cause = 26`}, call.Status{Code: 200, Phrase: "Call completed, elsewhere"}, call.Cause{Value: 26}},
		{[]string{`q.850;text="a;b\"c";cause=17`, `sip;cause=486`}, call.Status{Code: 486}, call.Cause{Value: 17, Text: `a;b"c`}},
		{[]string{`Q.850;cause=999`, `SIP;cause=banana`, `X;cause=1`, ``}, call.Status{}, call.Cause{}},
	} {
		request := sip.NewRequest(sip.BYE, sip.Uri{})
		for _, header := range test.headers {
			request.AppendHeader(sip.NewHeader("Reason", header))
		}
		if status, cause := reasonHeaders(request); status != test.status || cause != test.cause {
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
		id, err := identify(userOf(&parsed))
		if (err != nil) != (want == "") || id.Raw() != want {
			t.Errorf("%s: got %q, %v; want %q", uri, id.Raw(), err, want)
		}
	}
}

// TestTagsCannotBeGuessed asks that tags differ by request and by server.
func TestTagsCannotBeGuessed(t *testing.T) {
	t.Parallel()
	a, b := newTags(), newTags()
	if first, again := a.callee("id", "tag", 1), a.callee("id", "tag", 1); first != again {
		t.Error("one request has two tags")
	}
	seen := map[string]bool{}
	for _, tag := range []string{a.callee("id", "tag", 1), a.callee("id", "tag", 2), a.callee("idt", "ag", 1), a.caller("id"), b.caller("id"), b.callee("id", "tag", 1)} {
		if seen[tag] || len(tag) < 16 {
			t.Errorf("tag %q is short or repeated", tag)
		}
		seen[tag] = true
	}
}

// TestRequestsTakeTheirTurn asks that overtaking requests wait, and no longer
// than they must.
func TestRequestsTakeTheirTurn(t *testing.T) {
	t.Parallel()
	arrive := func(cseq uint32) arrival {
		request := sip.NewRequest(sip.INFO, sip.Uri{})
		request.AppendHeader(&sip.CSeqHeader{SeqNo: cseq, MethodName: sip.INFO})
		return arrival{request: request}
	}
	turn := func(o *order) (list []uint32) {
		for {
			a, ok := o.next()
			if !ok {
				return list
			}
			list = append(list, a.request.CSeq().SeqNo)
		}
	}
	var o order
	for _, cseq := range []uint32{2, 3, 5, 3} { // 4 was never sent; 3 was repeated
		o.announce(cseq)
	}
	o.add(arrive(5))
	o.add(arrive(3))
	if got := turn(&o); len(got) != 0 {
		t.Errorf("%v did not wait for 2", got)
	}
	o.add(arrive(2))
	if got := turn(&o); len(got) != 3 || got[0] != 2 || got[1] != 3 || got[2] != 5 {
		t.Errorf("turns are %v, want 2 3 5", got)
	}
	o.announce(6)
	o.announce(7)
	o.add(arrive(7)) // 6 got lost between announcement and delivery
	if got := turn(&o); len(got) != 0 {
		t.Errorf("%v did not wait for 6", got)
	}
	o.giveUp()
	if got := turn(&o); len(got) != 1 || got[0] != 7 {
		t.Errorf("turns are %v, want 7", got)
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
		status, cause := reasonHeaders(request)
		if status.Code < 0 || status.Code > 699 || cause.Value < 0 || cause.Value > 127 || len(cause.Text) > maxReasonText {
			t.Errorf("%+v %+v", status, cause)
		}
		if _, again := reasonHeaders(withReason(reasonValue("Q.850", 16, cause.Text))); again.Value != 16 || again.Text != cause.Text {
			t.Errorf("wrote %q, read %q", cause.Text, again.Text)
		}
		name := readDisplay(display)
		if !utf8.ValidString(name) || strings.ContainsFunc(name, isControl) {
			t.Errorf("display name %q", name)
		}
		if len(name) < maxDisplay/2 && readDisplay(writeDisplay(name)) != name {
			t.Errorf("wrote %q, read %q", name, readDisplay(writeDisplay(name)))
		}
		if id, err := identify(userOf(&request.Recipient)); err == nil && strings.ContainsFunc(id.Raw(), isControl) {
			t.Errorf("identifier %q", id.Raw())
		}
		if written := writeCustom(map[string]string{"X-MS-Custom-A": display}); len(written) == 1 && strings.ContainsAny(written[0].Value(), "\r\n") {
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
		if tone, ok := toneOf(request); ok && !tone.Valid() {
			t.Errorf("tone %q", tone)
		}
	})
}
