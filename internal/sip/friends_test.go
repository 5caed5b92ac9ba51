package sip

import (
	"net/netip"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// TestTrunkWithCredentialsIsNoStranger asks that a trunk which has shown its
// credentials may send more than strangers may.
func TestTrunkWithCredentialsIsNoStranger(t *testing.T) {
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
	for n := range 3 * sourceBurst {
		if response, err := made.Request(within(t), "INFO", nil); err != nil || response.Status() >= 500 {
			t.Fatalf("request %d in the call: %v %v", n+1, response, err)
		}
	}
	if n := r.Refusals().Dropped; n != 0 {
		t.Errorf("%d datagrams were dropped", n)
	}
}

func TestFriendsAreBoundedAndForgotten(t *testing.T) {
	t.Parallel()
	var f friends
	now := time.Unix(1_800_000_000, 0)
	at := func(n int) netip.AddrPort { return netip.AddrPortFrom(netip.MustParseAddr("192.0.2.1"), uint16(n)) }
	for n := range maxFriends + 10 {
		f.note(at(n), now)
	}
	if len(f.until) != maxFriends || !f.knows(at(0), now) || f.knows(at(maxFriends), now) {
		t.Errorf("%d are known", len(f.until))
	}
	if f.knows(at(0), now.Add(friendFor)) {
		t.Error("the first one is known for ever")
	}
	later := now.Add(friendFor + time.Second)
	if f.note(at(maxFriends), later); len(f.until) != 1 || !f.knows(at(maxFriends), later) {
		t.Errorf("%d are known when the old ones are forgotten", len(f.until))
	}
}
