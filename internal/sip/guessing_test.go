package sip

import (
	"slices"
	"testing"

	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// TestGuessingIsStoppedForEveryName asks that after a few wrong passwords none is
// checked, be the user name a trunk's, a phone's or nobody's, and that the answers do
// not tell which it is.
func TestGuessingIsStoppedForEveryName(t *testing.T) {
	t.Parallel()
	var first []string
	for _, name := range []string{"alice", "101", "nobody"} {
		o := newPhoneRig(t, nil, roaming())
		o.user(t, "101", "")
		phone := o.phone(t, func(c *siptest.Config) { c.Transport = "tcp" })
		refusal := callWith(t, o.rig, phone, "")
		var answers []string
		for n := range 7 {
			got := callWith(t, o.rig, phone, sign(t, refusal, "MD5", name, "guess", n+1))
			if got == nil {
				t.Fatalf("%s is let in", name)
			}
			answers = append(answers, got.Start)
		}
		if name == "alice" {
			if got := callWith(t, o.rig, phone, sign(t, refusal, "MD5", name, "secret", 8)); got == nil || got.Status() != 403 || got.Get("Retry-After") == "" {
				t.Errorf("the right password after the wrong ones: %v", got)
			}
			first = answers
		}
		if !slices.Equal(answers, first) {
			t.Errorf("%s hears %q, a trunk %q", name, answers, first)
		}
	}
}
