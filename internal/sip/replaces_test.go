package sip

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// replacing is the header that names a call as the server sees it.
func replacing(made *siptest.Call, more string) []siptest.Field {
	value := made.ID + ";to-tag=" + made.Final().Tag("To") + ";from-tag=" + made.Invite.Tag("From") + more
	return []siptest.Field{{Name: "Require", Value: "replaces"}, {Name: "Replaces", Value: value}}
}

// TestAnotherPhoneTakesTheCallOver asks that the application keeps its call
// while the first phone is hung up and the second one speaks.
func TestAnotherPhoneTakesTheCallOver(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	first, taken := r.connect(t, r.phone(t, nil))
	second, err := r.phone(t, func(c *siptest.Config) { c.User = "+15550200" }).Invite(siptest.Invite{To: "+15551230001", Fields: replacing(first, "")})
	if err != nil {
		t.Fatal(err)
	}
	if err := second.WaitAnswered(within(t)); err != nil {
		t.Fatal(err)
	}
	if err := first.WaitEnded(within(t)); err != nil {
		t.Fatal(err)
	}
	second.Tone(700, 4000)
	eventually(t, func() bool { return siptest.Seconds(second.Heard(), 700) >= 0.2 })
	if len(r.application.arrived) != 0 || len(taken.news) != 0 || r.Legs() != 1 {
		t.Errorf("%d calls arrived, %d reports, %d legs", len(r.application.arrived), len(taken.news), r.Legs())
	}
	if err := second.Hangup(within(t)); err != nil {
		t.Fatal(err)
	}
	if why := expect[call.Ended](t, taken).Reason; why.Kind != call.EndedByPeer {
		t.Errorf("reason is %+v", why)
	}
}

// TestCallsThatCannotBeTakenOver asks for honest refusals.
func TestCallsThatCannotBeTakenOver(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	phone := r.phone(t, nil)
	made, _ := r.connect(t, phone)
	for _, test := range []struct {
		name   string
		fields []siptest.Field
		want   int
	}{
		{"unknown", []siptest.Field{{Name: "Replaces", Value: "x;to-tag=a;from-tag=b"}}, 481},
		{"only while it rings", replacing(made, ";early-only"), 486},
		{"another tag", []siptest.Field{{Name: "Replaces", Value: made.ID + ";to-tag=" + made.Final().Tag("To") + ";from-tag=guess"}}, 481},
	} {
		other, err := phone.Invite(siptest.Invite{To: "+15551230001", Fields: test.fields})
		if err != nil {
			t.Fatal(err)
		}
		if err := other.WaitEnded(within(t)); err != nil {
			t.Fatal(err)
		}
		if got := other.Last(); got.Status() != test.want {
			t.Errorf("%s: got %s, want %d", test.name, got.Start, test.want)
		}
	}
	if len(r.application.arrived) != 0 {
		t.Error("a call arrived")
	}
}

// TestCallThatEndsIsNotTakenOver: its leg is known still, and takes nothing more.
func TestCallThatEndsIsNotTakenOver(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	l := r.newLeg(origin{})
	defer l.release()
	if added, _ := r.legs.add(l, "ends", "ours"); !added {
		t.Fatal("the leg is not added")
	}
	defer r.legs.remove(l)
	l.box.Seal()
	other, err := r.phone(t, nil).Invite(siptest.Invite{To: "+15551230001", Fields: []siptest.Field{{Name: "Replaces", Value: "ends;to-tag=ours;from-tag=theirs"}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := other.WaitEnded(within(t)); err != nil {
		t.Fatal(err)
	}
	if got := other.Last(); got.Status() != 481 {
		t.Errorf("got %s, want 481", got.Start)
	}
}

// takeOver lets another phone take a call over: it is answered, and the first one's ends.
func takeOver(t *testing.T, r *rig, first *siptest.Call) {
	t.Helper()
	second, err := r.phone(t, nil).Invite(siptest.Invite{To: "+15551230001", Fields: replacing(first, "")})
	if err != nil {
		t.Fatal(err)
	}
	if err := second.WaitAnswered(within(t)); err != nil {
		t.Fatal(err)
	}
	if err := first.WaitEnded(within(t)); err != nil {
		t.Fatal(err)
	}
}

// TestCallIsTakenOverAfterItsTrunkWasSetAnew as an application does that changes any route.
func TestCallIsTakenOverAfterItsTrunkWasSetAnew(t *testing.T) {
	t.Parallel()
	local := trunk.Trunk{Name: "local", Host: "127.0.0.1", Sources: loopback}
	r := newRig(t, nil, local)
	first, _ := r.connect(t, r.phone(t, nil))
	if err := r.trunks.Set([]trunk.Trunk{local}, nil); err != nil {
		t.Fatal(err)
	}
	takeOver(t, r, first)
}

// TestCallIsTakenOverFromAnyPortOfItsMachine has two trunks of one machine, whose ports tell which of them calls: who
// takes a call over has another port.
func TestCallIsTakenOverFromAnyPortOfItsMachine(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	phone := r.phone(t, nil)
	err := r.table.Set([]trunk.Trunk{{Name: "one", Host: "127.0.0.1"}, {Name: "other", Host: "127.0.0.1", Port: int(addressOf(phone.Addr()).Port())}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	first, taken := r.connect(t, phone)
	if taken.invitation.Trunk != "other" {
		t.Fatalf("the call came over %s", taken.invitation.Trunk)
	}
	takeOver(t, r, first)
}

// TestPhonesOfUsersTakeNoCallOver asks that a user's telephone cannot take over
// another's call, nor one of a trunk, by knowing its tags.
func TestPhonesOfUsersTakeNoCallOver(t *testing.T) {
	t.Parallel()
	o := newPhoneRig(t, nil, trunk.Trunk{Name: "local", Host: "127.0.0.1", Sources: loopback})
	ann, _ := o.user(t, "ann", "+15550100001")
	ben, _ := o.user(t, "ben", "")
	benPhone := o.registered(t, ben, nil)
	ofAnn, err := o.registered(t, ann, nil).CallAs(within(t), ann, siptest.Invite{To: "+15551230001"})
	if err != nil {
		t.Fatal(err)
	}
	taken := o.next(t)
	taken.Answer()
	if err := ofAnn.WaitAnswered(within(t)); err != nil {
		t.Fatal(err)
	}
	expect[call.Answered](t, taken) // its ACK has come
	ofTrunk, _ := o.connect(t, o.phone(t, nil))
	for name, made := range map[string]*siptest.Call{"another user's": ofAnn, "a trunk's": ofTrunk} {
		thief, err := benPhone.CallAs(within(t), ben, siptest.Invite{To: "+15551230001", Fields: replacing(made, "")})
		if err != nil {
			t.Fatal(err)
		}
		if err := thief.WaitEnded(within(t)); err != nil || thief.Last().Status() != 403 {
			t.Errorf("%s call: %v %v", name, err, thief.Last())
		}
	}
}

// TestTakenOverCallOutlivesATrunkThatWasGivenUp: the trunk that was tried first says nothing
// until its time is over, or rings at last, when another phone has taken the call over.
func TestTakenOverCallOutlivesATrunkThatWasGivenUp(t *testing.T) {
	t.Parallel()
	for _, rings := range []bool{false, true} {
		t.Run(fmt.Sprint("rings ", rings), func(t *testing.T) {
			t.Parallel()
			slow, viaSlow := callee(t, "slow", nil)
			phone, via := callee(t, "carrier", nil)
			viaSlow.Sources = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")} // the phones here are the carrier's
			slow.Lose(func(e siptest.Entry) bool { return e.Sent })
			r := newRig(t, impatient, viaSlow, via)
			made, late, first := r.dial(t, "+15557770000"), next(t, slow), next(t, phone)
			first.Answer()
			expect[call.Answered](t, made)
			answer := once(phone, isStatus("INVITE", 200, true))[0]
			value := first.ID + ";to-tag=" + first.Invite.Tag("From") + ";from-tag=" + answer.Tag("To")
			second, err := r.phone(t, nil).Invite(siptest.Invite{To: "+15551230001", Fields: []siptest.Field{{Name: "Replaces", Value: value}}})
			if err != nil {
				t.Fatal(err)
			}
			if err := second.WaitAnswered(within(t)); err != nil {
				t.Fatal(err)
			}
			if rings {
				slow.Lose(nil)
				late.Ring()
				if err := late.WaitEnded(within(t)); err != nil || late.Last().Method() != "CANCEL" {
					t.Errorf("the phone that rings late: %v, %v", err, late.Last())
				}
			}
			eventually(t, func() bool { _, clients := r.transactions.Count(); return clients == 0 })
			if err := second.Hangup(within(t)); err != nil {
				t.Fatal(err)
			}
			expect[call.Ended](t, made)
		})
	}
}
