package header

import (
	"strings"
	"testing"
)

// FuzzSipfrag asks that whatever a NOTIFY carries, a status is one.
func FuzzSipfrag(f *testing.F) {
	for _, seed := range []string{
		"SIP/2.0 200 OK", "SIP/2.0 100 Trying\r\n", "\r\nsip/2.0 486 Busy Here\r\nReason: Q.850;cause=17;text=\"x\"\r\n", "SIP/2.0 503\r\n",
		"SIP/2.0", "SIP/2.0 2000 OK", "HTTP/1.1 200 OK", "SIP/2.0 +20 OK", "", `sip/2.0 100 \\`, `SIP/2.0 500 a "b" \c`, "INVITE sip:a@b SIP/2.0\r\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		status, cause, ok := ParseSipfrag(body)
		if !ok {
			return
		}
		if status.Code < 100 || status.Code > 699 || len(status.Phrase) > maxReasonText || cause.Value < 0 || cause.Value > 127 || strings.ContainsAny(status.Phrase, "\r\n") {
			t.Errorf("%q gives %+v %+v", body, status, cause)
		}
		again, _, ok := ParseSipfrag(Sipfrag(status))
		if !ok || again != status {
			t.Errorf("%+v comes back as %+v", status, again)
		}
	})
}

// TestCauseOfASipfragStandsAmongOthers asks for the Q.850 cause behind another reason.
func TestCauseOfASipfragStandsAmongOthers(t *testing.T) {
	_, cause, ok := ParseSipfrag([]byte("SIP/2.0 486 Busy Here\nReason: SIP ;cause=486 ;text=\"a, b\", Q.850 ; cause = 17\n"))
	if !ok || cause.Value != 17 {
		t.Errorf("%+v, %t", cause, ok)
	}
}
