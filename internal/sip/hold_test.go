package sip

import (
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// TestHoldByEveryDialect asks that each way to hold is answered in kind and told.
func TestHoldByEveryDialect(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	made, taken := r.connect(t, r.phone(t, nil))
	plain := string(made.Describe("sendrecv"))
	for _, test := range []struct{ name, offer, answer string }{
		{"sendonly", strings.Replace(plain, "a=sendrecv", "a=sendonly", 1), "a=recvonly"},
		{"inactive", strings.Replace(plain, "a=sendrecv", "a=inactive", 1), "a=inactive"},
		{"0.0.0.0", strings.Replace(plain, "c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0", 1), "a=recvonly"},
	} {
		response, err := made.Reinvite(within(t), []byte(test.offer))
		if err != nil {
			t.Fatal(err)
		}
		if response.Status() != 200 || !strings.Contains(string(response.Body), test.answer+"\r\n") {
			t.Errorf("%s: got %s\n%s", test.name, response.Start, response.Body)
		}
		if news := expect[call.HoldChanged](t, taken); !news.Held {
			t.Errorf("%s: not held", test.name)
		}
		if err := made.Unhold(within(t)); err != nil {
			t.Fatal(err)
		}
		if news := expect[call.HoldChanged](t, taken); news.Held {
			t.Errorf("%s: still held", test.name)
		}
	}
	made.Tone(700, 4000)
	eventually(t, func() bool { return siptest.Seconds(made.Heard(), 700) >= 0.2 })
}

// TestUPDATEHoldsToo asks for RFC 3311 as far as hold goes.
func TestUPDATEHoldsToo(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	made, taken := r.connect(t, r.phone(t, nil))
	response, err := made.Request(within(t), "UPDATE", made.Describe("inactive"), siptest.Field{Name: "Content-Type", Value: "application/sdp"})
	if err != nil || response.Status() != 200 || !strings.Contains(string(response.Body), "a=inactive") {
		t.Fatalf("%v %v", err, response)
	}
	if !expect[call.HoldChanged](t, taken).Held {
		t.Error("not held")
	}
	if response, err = made.Request(within(t), "UPDATE", nil); err != nil || response.Status() != 200 {
		t.Errorf("%v %v", err, response)
	}
}
