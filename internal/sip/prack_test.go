package sip

import (
	"strings"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
)

var wantsPRACK = []siptest.Field{{Name: "Require", Value: "100rel"}}

// ringing returns the 180s that the phone heard.
func ringing(phone *siptest.Phone) (list []*siptest.Message) {
	for _, e := range phone.Log() {
		if isStatus("INVITE", 180, false)(e) {
			list = append(list, e.Message)
		}
	}
	return list
}

func rack(rang *siptest.Message) siptest.Field {
	return siptest.Field{Name: "RAck", Value: rang.Get("RSeq") + " 1 INVITE"}
}

// TestRingingIsRepeatedUntilPRACK asks for a reliable 180 that stops at its PRACK.
func TestRingingIsRepeatedUntilPRACK(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	phone := r.phone(t, nil)
	made, err := phone.Invite(siptest.Invite{To: "+15551230001", Fields: wantsPRACK})
	if err != nil {
		t.Fatal(err)
	}
	taken := r.next(t)
	taken.Ring()
	eventually(t, func() bool { return len(ringing(phone)) >= 3 })
	rang := ringing(phone)[0]
	if rang.Get("Require") != "100rel" || rang.Get("RSeq") == "" || rang.Get("RSeq") != ringing(phone)[1].Get("RSeq") {
		t.Errorf("Require is %q, RSeq %q", rang.Get("Require"), rang.Get("RSeq"))
	}
	wrong, err := made.Request(within(t), "PRACK", nil, siptest.Field{Name: "RAck", Value: "7 1 INVITE"})
	if err != nil || wrong.Status() != 481 {
		t.Errorf("PRACK of another 180: %v %v", err, wrong)
	}
	right, err := made.Request(within(t), "PRACK", nil, rack(rang))
	if err != nil || right.Status() != 200 {
		t.Fatalf("%v %v", err, right)
	}
	before := len(ringing(phone))
	taken.Answer()
	if err := made.WaitAnswered(within(t)); err != nil {
		t.Fatal(err)
	}
	expect[call.Answered](t, taken)
	if after := len(ringing(phone)); after > before+1 {
		t.Errorf("%d more after the PRACK", after-before)
	}
}

// TestCallerWhoNeverSendsPRACKIsRefused asks for 504 after 64*T1.
func TestCallerWhoNeverSendsPRACKIsRefused(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	made, err := r.phone(t, nil).Invite(siptest.Invite{To: "+15551230001", Fields: wantsPRACK})
	if err != nil {
		t.Fatal(err)
	}
	taken := r.next(t)
	taken.Ring()
	if why := expect[call.Ended](t, taken).Reason; why.Kind != call.Vanished {
		t.Errorf("reason is %+v", why)
	}
	if err := made.WaitEnded(within(t)); err != nil || made.Last().Status() != 504 {
		t.Errorf("%v %v", err, made.Last())
	}
}

// TestDelayedOfferIsAnsweredInThePRACK asks that the reliable 180 holds our
// offer and that the answer to the call waits for the PRACK.
func TestDelayedOfferIsAnsweredInThePRACK(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	phone := r.phone(t, nil)
	made, err := phone.Invite(siptest.Invite{To: "+15551230001", DelayedOffer: true, Fields: wantsPRACK})
	if err != nil {
		t.Fatal(err)
	}
	taken := r.next(t)
	taken.Ring()
	taken.Answer()
	if err := made.WaitRinging(within(t)); err != nil { // the phone knows our tag
		t.Fatal(err)
	}
	eventually(t, func() bool { return len(ringing(phone)) >= 2 })
	rang := ringing(phone)[0]
	if !strings.Contains(string(rang.Body), "m=audio ") || made.Final() != nil {
		t.Fatalf("180 holds %q, final is %v", rang.Body, made.Final())
	}
	response, err := made.Request(within(t), "PRACK", made.Describe("sendrecv"), rack(rang), siptest.Field{Name: "Content-Type", Value: "application/sdp"})
	if err != nil || response.Status() != 200 {
		t.Fatalf("%v %v", err, response)
	}
	expect[call.Answered](t, taken)
	if got := made.Final(); len(got.Body) != 0 {
		t.Errorf("the 200 holds another description: %s", got.Body)
	}
	made.Tone(700, 4000)
	eventually(t, func() bool { return siptest.Seconds(made.Heard(), 700) >= 0.2 })
}

// TestOfferInThePRACKIsAnswered has a caller that moves its sound in the PRACK of a 183 with
// our answer (RFC 3262 §5), once in a way that cannot be taken: the 183 has arrived all the same.
func TestOfferInThePRACKIsAnswered(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, formats, codec string
		status               int
	}{
		{"another codec", "RTP/AVP 8 101", "PCMA", 200},
		{"no codec of ours", "RTP/AVP 18", "PCMU", 488},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := newRig(t, nil)
			phone := r.phone(t, nil)
			made, err := phone.Invite(siptest.Invite{To: "+15551230001", Fields: wantsPRACK})
			if err != nil {
				t.Fatal(err)
			}
			taken := r.next(t)
			taken.Progress()
			expect[call.EarlySound](t, taken)
			if err := made.WaitRinging(within(t)); err != nil { // the phone knows our tag
				t.Fatal(err)
			}
			progress := isStatus("INVITE", 183, false)
			offer := strings.Replace(string(made.Describe("sendrecv")), "RTP/AVP 0 8 101", test.formats, 1)
			response, err := made.Request(within(t), "PRACK", []byte(offer), rack(once(phone, progress)[0]), withSDP)
			if err != nil || response.Status() != test.status || test.status == 200 && !strings.Contains(string(response.Body), test.formats) {
				t.Fatalf("%v %v", err, response)
			}
			taken.Answer()
			if err := made.WaitAnswered(within(t)); err != nil {
				t.Fatal(err)
			}
			expect[call.Answered](t, taken)
			l, agreed := taken.Leg.(*leg), make(chan string, 1)
			l.post(func() { agreed <- l.media.agreed.Codec() })
			if codec := <-agreed; codec != test.codec {
				t.Errorf("speaks %s, want %s", codec, test.codec)
			}
		})
	}
}

// TestReliableRingingGetsPRACKOnce asks the same of us as the caller, for sound
// before the answer included.
func TestReliableRingingGetsPRACKOnce(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "carrier", nil)
	r := newRig(t, nil, via)
	made := r.dial(t, "+15557770000")
	taken := next(t, phone)
	if !strings.Contains(taken.Invite.Get("Supported"), "100rel") {
		t.Errorf("Supported is %q", taken.Invite.Get("Supported"))
	}
	reliable := func(rseq string) []siptest.Field {
		return []siptest.Field{{Name: "Require", Value: "100rel"}, {Name: "RSeq", Value: rseq}}
	}
	for _, rseq := range []string{"9000", "9000", "9005", "9001"} { // repeated, out of order, next
		if err := taken.Progress(reliable(rseq)...); err != nil {
			t.Fatal(err)
		}
		if rseq == "9000" {
			eventually(t, func() bool { return distinct(phone, isRequest("PRACK", false)) == 1 })
		}
	}
	expect[call.Ringing](t, made)
	eventually(t, func() bool { return distinct(phone, isRequest("PRACK", false)) == 2 })
	var racks []string
	for _, m := range once(phone, isRequest("PRACK", false)) {
		racks = append(racks, m.Get("RAck"))
	}
	if strings.Join(racks, ", ") != "9000 1 INVITE, 9001 1 INVITE" {
		t.Errorf("RAck are %q", racks)
	}
	moved := []byte(strings.Replace(string(taken.Describe("sendrecv")), "RTP/AVP 0 8 101", "RTP/AVP 8 101", 1))
	response, err := taken.Request(within(t), "UPDATE", moved, siptest.Field{Name: "Content-Type", Value: "application/sdp"})
	if err != nil || response.Status() != 200 || !strings.Contains(string(response.Body), "RTP/AVP 8 101") {
		t.Errorf("UPDATE before the answer: %v %v", err, response)
	}
	expect[call.EarlySound](t, made)
	taken.Answer()
	expect[call.Answered](t, made)
}
