package sip

import (
	"strconv"
	"testing"

	"github.com/emiago/sipgo/sip"

	"github.com/switchhook/switchhook/internal/sip/siptest"
)

var withSDP = siptest.Field{Name: "Content-Type", Value: "application/sdp"}

// TestOffersThatCrossAreRefusedByTheirRules asks for 500 with a time where the peer's
// own request waits for us, and for 491 where ours waits for the peer (RFC 3261 §14.2,
// RFC 3311 §5.2).
func TestOffersThatCrossAreRefusedByTheirRules(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "carrier", nil)
	r := newRig(t, nil, via)
	early := func(t *testing.T, invite siptest.Invite) *siptest.Call {
		t.Helper()
		invite.To = "+15551230001"
		made, err := r.phone(t, nil).Invite(invite)
		if err != nil {
			t.Fatal(err)
		}
		r.next(t).Ring()
		if err := made.WaitRinging(within(t)); err != nil {
			t.Fatal(err)
		}
		return made
	}
	called := func(t *testing.T, _ siptest.Invite) *siptest.Call {
		t.Helper()
		r.dial(t, "+15557770000")
		taken, err := phone.Next(within(t))
		if err != nil {
			t.Fatal(err)
		}
		return taken
	}
	reliably := []siptest.Field{{Name: "Require", Value: "100rel"}}
	for _, test := range []struct {
		name   string
		call   func(*testing.T, siptest.Invite) *siptest.Call
		invite siptest.Invite
		method string
		status int
	}{
		{"UPDATE while the caller's offer waits for us", early, siptest.Invite{}, "UPDATE", 500},
		{"UPDATE while it waits, after a reliable 180", early, siptest.Invite{Fields: reliably}, "UPDATE", 500},
		{"UPDATE while our offer in a 180 waits for its PRACK", early, siptest.Invite{Fields: reliably, DelayedOffer: true}, "UPDATE", 491},
		{"UPDATE while our INVITE's offer waits", called, siptest.Invite{}, "UPDATE", 491},
		{"INVITE before the caller's first has its answer", early, siptest.Invite{}, "INVITE", 500},
		{"INVITE while ours is under way", called, siptest.Invite{}, "INVITE", 491},
	} {
		t.Run(test.name, func(t *testing.T) {
			made := test.call(t, test.invite)
			var response *siptest.Message
			var err error
			if test.method == "INVITE" {
				response, err = made.Reinvite(within(t), made.Describe("sendonly"))
			} else {
				response, err = made.Request(within(t), test.method, made.Describe("sendonly"), withSDP)
			}
			if err != nil || response.Status() != test.status {
				t.Fatalf("got %v %v, want %d", response, err, test.status)
			}
			wait, err := strconv.Atoi(response.Get("Retry-After"))
			if test.status == 500 && (err != nil || wait < 0 || wait > 10) {
				t.Errorf("Retry-After is %q, want 0 to 10", response.Get("Retry-After"))
			}
		})
	}
}

// TestRefreshWithoutAnOfferStopsNobody asks that a re-INVITE and an UPDATE are taken while an
// UPDATE of ours without a description waits, and refused while a re-INVITE of ours does.
func TestRefreshWithoutAnOfferStopsNobody(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	made, taken := r.connect(t, r.phone(t, nil))
	l := taken.Leg.(*leg)
	for method, want := range map[sip.RequestMethod]int{sip.UPDATE: 200, sip.INVITE: 491} {
		l.post(func() { l.pendingRefresh = &sessionRefresh{method: method} })
		if response, err := made.Reinvite(within(t), made.Describe("sendrecv")); err != nil || response.Status() != want {
			t.Errorf("re-INVITE during our %s: %v %v, want %d", method, response, err, want)
		}
		if response, err := made.Request(within(t), "UPDATE", made.Describe("sendrecv"), withSDP); err != nil || response.Status() != want {
			t.Errorf("UPDATE during our %s: %v %v, want %d", method, response, err, want)
		}
	}
}
