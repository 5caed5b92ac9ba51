package sip

import (
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// TestINFOPressesKeys asks for the two content types of keys.
func TestINFOPressesKeys(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	made, taken := r.connect(t, r.phone(t, nil))
	for _, test := range []struct {
		kind, body string
		tone       call.Tone // 0 is a refusal
	}{
		{"application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", '5'},
		{"application/dtmf-relay", "Signal= #\r\nDuration= 160", '#'},
		{"application/dtmf-relay", "Signal=10\r\n", '*'},
		{"application/dtmf-relay", "Signal=12\r\n", 'A'},
		{"application/dtmf-relay", "Signal=15\r\n", 'D'},
		{"application/dtmf-relay", "Signal=16\r\n", 0}, // flash
		{"application/dtmf", "d", 'D'},
		{"application/dtmf-relay", "Signal=%\r\n", 0},
		{"text/plain", "5", 0},
	} {
		response, err := made.Request(within(t), "INFO", []byte(test.body), siptest.Field{Name: "Content-Type", Value: test.kind})
		if err != nil {
			t.Fatal(err)
		}
		if test.tone == 0 {
			if response.Status() != 415 {
				t.Errorf("%q: got %s", test.body, response.Start)
			}
			continue
		}
		if got := expect[call.ToneHeard](t, taken).Tone; response.Status() != 200 || got != test.tone {
			t.Errorf("%q: got %s and %s", test.body, response.Start, got)
		}
	}
}

// TestKeyInINFOAndInMediaIsOnePress has a gateway that sends keys both ways: each is
// reported once.
func TestKeyInINFOAndInMediaIsOnePress(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	made, taken := r.connect(t, r.phone(t, nil))
	for _, key := range "5#5" {
		if err := made.SendTones(within(t), string(key)); err != nil {
			t.Fatal(err)
		}
		if got := expect[call.ToneHeard](t, taken).Tone; got != call.Tone(key) {
			t.Fatalf("heard %s, want %c", got, key)
		}
		body := []byte("Signal=" + string(key) + "\r\nDuration=100\r\n")
		response, err := made.Request(within(t), "INFO", body, siptest.Field{Name: "Content-Type", Value: "application/dtmf-relay"})
		if err != nil || response.Status() != 200 {
			t.Fatal(response, err)
		}
	}
	if n := len(taken.news); n != 0 {
		t.Errorf("%d reports too many", n)
	}
}
