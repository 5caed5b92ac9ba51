package sip

import (
	"testing"

	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// TestAuthenticatedTrunkIsNotLimited asks that a trunk which has shown its
// credentials may send more than unknown sources may.
func TestAuthenticatedTrunkIsNotLimited(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, roaming())
	phone := r.phone(t, nil)
	refusal := callWith(t, r, phone, "")
	authorization := siptest.Field{Name: "Authorization", Value: sign(t, refusal, "MD5", "alice", "secret", 1)}
	made, err := phone.Invite(siptest.Invite{To: "+15551230001", Fields: []siptest.Field{authorization}})
	if err != nil {
		t.Fatal(err)
	}
	r.next(t).Answer()
	if err := made.WaitAnswered(within(t)); err != nil {
		t.Fatal(err)
	}
	for n := range 100 {
		if response, err := made.Request(within(t), "INFO", nil); err != nil || response.Status() >= 500 {
			t.Fatalf("request %d in the call: %v %v", n+1, response, err)
		}
	}
	if n := r.Refusals().Dropped; n != 0 {
		t.Errorf("%d datagrams were dropped", n)
	}
}
