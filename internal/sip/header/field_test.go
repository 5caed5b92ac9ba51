package header

import (
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/identifier"
)

// with makes a request with fields: name, value, name, value.
func with(fields ...string) *sip.Request {
	request := sip.NewRequest(sip.INVITE, sip.Uri{})
	for i := 0; i < len(fields); i += 2 {
		request.AppendHeader(sip.NewHeader(fields[i], fields[i+1]))
	}
	return request
}

func TestFieldsAreReadUnderBothNames(t *testing.T) {
	t.Parallel()
	request := with("k", "timer , ,100rel", "Supported", "Replaces", "x", "90;refresher=UAC")
	for option, want := range map[string]bool{"timer": true, "REPLACES": true, "100rel": true, "": false, "outbound": false} {
		if Supports(request, option) != want {
			t.Errorf("%q is supported: %t", option, !want)
		}
	}
	if interval, refresher := SessionExpires(request); interval != 90*time.Second || refresher != "uac" {
		t.Errorf("session expires in %v, %q", interval, refresher)
	}
}

func TestSecondsAreBounded(t *testing.T) {
	t.Parallel()
	response := func(fields ...string) *sip.Response {
		made := sip.NewResponse(423, "x")
		for i := 0; i < len(fields); i += 2 {
			made.AppendHeader(sip.NewHeader(fields[i], fields[i+1]))
		}
		return made
	}
	for name, test := range map[string]struct{ got, want time.Duration }{
		"Retry-After":              {RetryAfter(response("Retry-After", "18 (in a meeting);duration=3600")), 18 * time.Second},
		"Retry-After of a year":    {RetryAfter(response("Retry-After", "31536000")), 24 * time.Hour},
		"Retry-After of nonsense":  {RetryAfter(response("Retry-After", "soon")), 0},
		"no Retry-After":           {RetryAfter(response()), 0},
		"Min-Expires":              {MinExpires(response("Min-Expires", " 600 ")), 10 * time.Minute},
		"granted as asked":         {GrantedExpires(response(), &sip.Uri{}, time.Minute), time.Minute},
		"granted by Expires":       {GrantedExpires(response("Expires", "30"), &sip.Uri{}, time.Minute), 30 * time.Second},
		"Min-SE beyond a day":      {MinSE(with("Min-SE", "4294967295;x")), maxInterval},
		"Session-Expires negative": {func() time.Duration { d, _ := SessionExpires(with("Session-Expires", "-5")); return d }(), 0},
	} {
		if test.got != test.want {
			t.Errorf("%s: got %v, want %v", name, test.got, test.want)
		}
	}
}

func TestPRACKNamesItsResponse(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]bool{"7 1 INVITE": true, " 7  1 invite": true, "8 1 INVITE": false, "7 2 INVITE": false, "7 1": false, "7 1 BYE": false} {
		if Acknowledges(with("RAck", value), 7, 1) != want {
			t.Errorf("%q acknowledges: %t", value, !want)
		}
	}
}

// TestDiversionsAreReadInTheirOrder asks for the first to be called first.
func TestDiversionsAreReadInTheirOrder(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		request *sip.Request
		want    []string
	}{
		"Diversion":       {with("Diversion", "<sip:+1555@a>;reason=user-busy, <sip:+1666@a>"), []string{"4:+1666", "4:+1555"}},
		"private":         {with("Diversion", "<sip:+1555@a>;privacy=full"), []string{"4:anonymous"}},
		"History-Info":    {with("History-Info", "<sip:+1555@a>;index=1, <sip:+1666@b>;index=1.1"), []string{"4:+1555"}},
		"one alone":       {with("History-Info", "<sip:+1555@a>;index=1"), nil},
		"Diversion first": {with("History-Info", "<sip:+1@a>, <sip:+2@a>", "Diversion", "<tel:+1-777>"), []string{"4:+1777"}},
	} {
		got := Diverted(test.request, func(uri *sip.Uri) (identifier.ID, error) { return callerOf(User(uri)) })
		if len(got) != len(test.want) {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
			continue
		}
		for i := range got {
			if got[i].Raw() != test.want[i] {
				t.Errorf("%s: got %v, want %v", name, got, test.want)
			}
		}
	}
}
