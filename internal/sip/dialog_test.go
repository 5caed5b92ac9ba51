package sip

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// TestAnswersGrowTheirVersion asks RFC 3264 §8 of our descriptions.
func TestAnswersGrowTheirVersion(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	made, _ := r.connect(t, r.phone(t, nil))
	origin := func(m *siptest.Message) string {
		for _, line := range strings.Split(string(m.Body), "\r\n") {
			if strings.HasPrefix(line, "o=") {
				return line
			}
		}
		return ""
	}
	seen := []string{origin(made.Final())}
	for _, direction := range []string{"sendrecv", "sendonly", "sendonly"} {
		response, err := made.Reinvite(within(t), made.Describe(direction))
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, origin(response))
	}
	if seen[0] != seen[1] || seen[1] == seen[2] || seen[2] != seen[3] {
		t.Errorf("origins are %q: only the third says something new", seen)
	}
}

// TestPhoneMovesItsSound asks that sound follows a re-INVITE to another codec.
func TestPhoneMovesItsSound(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	made, _ := r.connect(t, r.phone(t, nil))
	offer := strings.Replace(string(made.Describe("sendrecv")), "RTP/AVP 0 8 101", "RTP/AVP 8 101", 1)
	response, err := made.Reinvite(within(t), []byte(offer))
	if err != nil || !strings.Contains(string(response.Body), "RTP/AVP 8 101") {
		t.Fatalf("%v %s", err, response.Body)
	}
	made.Tone(700, 4000)
	eventually(t, func() bool { return siptest.Seconds(made.Heard(), 700) >= 0.2 })
}

// TestUnacceptableChangeLeavesTheCallAsItWas asks for 488 and a call that goes on.
func TestUnacceptableChangeLeavesTheCallAsItWas(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	made, taken := r.connect(t, r.phone(t, nil))
	offer := strings.Replace(string(made.Describe("sendrecv")), "RTP/AVP 0 8 101", "RTP/AVP 18", 1)
	response, err := made.Reinvite(within(t), []byte(offer))
	if err != nil || response.Status() != 488 {
		t.Fatalf("%v %v", err, response)
	}
	made.Tone(700, 4000)
	eventually(t, func() bool { return siptest.Seconds(made.Heard(), 700) >= 0.2 })
	if len(taken.news) != 0 {
		t.Errorf("reported %+v", <-taken.news)
	}
}

// TestReinviteDuringOursGets491 asks for glare, and that ours is repeated.
func TestReinviteDuringOursGets491(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.Refresh = 100 * time.Millisecond })
	phone := r.phone(t, nil)
	deaf := make(chan struct{})
	phone.Answering(func(m *siptest.Message) int {
		if m.Method() != "INVITE" {
			return 0
		}
		select {
		case <-deaf:
			return 0
		default:
			return -1 // our re-INVITE stays without an answer, and so pending
		}
	})
	made, _ := r.connect(t, phone)
	eventually(t, func() bool { return phone.Count(isRequest("INVITE", false)) > 0 })
	response, err := made.Reinvite(within(t), made.Describe("sendonly"))
	if err != nil || response.Status() != 491 {
		t.Errorf("%v %v, want 491", err, response)
	}
	close(deaf)
	eventually(t, func() bool { return phone.Count(isStatus("INVITE", 200, true)) > 0 })
	eventually(t, func() bool { return phone.Count(isRequest("ACK", false)) > 0 })
}

// TestOursAgainAfter491 asks that a re-INVITE that met glare is sent once more.
func TestOursAgainAfter491(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.Refresh = 50 * time.Millisecond })
	phone := r.phone(t, nil)
	refused := false
	phone.Answering(func(m *siptest.Message) int {
		if m.Method() == "INVITE" && !refused {
			refused = true
			return 491
		}
		return 0
	})
	_, taken := r.connect(t, phone)
	eventually(t, func() bool { return phone.Count(isStatus("INVITE", 200, true)) > 0 })
	if len(taken.news) != 0 {
		t.Errorf("reported %+v", <-taken.news)
	}
}

// TestRepeatedAnswerToOurReinviteGetsItsACKAgain repeats the 200 to a re-INVITE of ours, as a
// phone does that has not heard the ACK (RFC 3261 §13.3.1.4): without another one it would end
// the call.
func TestRepeatedAnswerToOurReinviteGetsItsACKAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.Refresh = 100 * time.Millisecond })
	phone := r.phone(t, nil)
	r.connect(t, phone)
	answered := isStatus("INVITE", 200, true)
	eventually(t, func() bool { return phone.Count(answered) > 0 })
	cseq := once(phone, answered)[0].CSeq()
	isFirst := func(fits func(siptest.Entry) bool) func(siptest.Entry) bool {
		return func(e siptest.Entry) bool { return fits(e) && e.Message.CSeq() == cseq }
	}
	acks := func() int { return phone.Count(isFirst(isRequest("ACK", false))) }
	eventually(t, func() bool { return acks() > 0 })
	before := acks() // more than one where a busy machine has sent the re-INVITE again
	if err := phone.Repeat(isFirst(answered)); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return acks() > before })
}

// TestRequestsInsideACallAreAnswered asks for the statuses of what is not a call's business.
func TestRequestsInsideACallAreAnswered(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	made, _ := r.connect(t, r.phone(t, nil))
	for _, test := range []struct {
		method string
		field  siptest.Field
		want   int
	}{
		{"OPTIONS", siptest.Field{Name: "Accept", Value: "*/*"}, 200},
		{"REFER", siptest.Field{Name: "Refer-To", Value: "<sip:x@y>"}, 403},
		{"MESSAGE", siptest.Field{Name: "Subject", Value: "hello"}, 405},
		{"INFO", siptest.Field{Name: "Require", Value: "telepathy"}, 420},
		{"INFO", siptest.Field{Name: "CSeq", Value: "1 INFO"}, 500},
		{"INFO", siptest.Field{Name: "From", Value: "<sip:x@y>;tag=somebodyelse"}, 481},
		{"BYE", siptest.Field{Name: "To", Value: "<sip:x@y>;tag=unknown"}, 481},
		{"INFO", siptest.Field{Name: "Subject", Value: "nothing"}, 200},
	} {
		response, err := made.Request(within(t), test.method, nil, test.field)
		if err != nil {
			t.Fatal(err)
		}
		if response.Status() != test.want {
			t.Errorf("%s with %v: got %s, want %d", test.method, test.field, response.Start, test.want)
		}
	}
}

// TestPhoneBehindNATIsReachedWhereItWasHeard asks that a BYE does not go to a
// private Contact.
func TestPhoneBehindNATIsReachedWhereItWasHeard(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	phone := r.phone(t, nil)
	made, err := phone.Invite(siptest.Invite{To: "+15551230001", Fields: []siptest.Field{{Name: "Contact", Value: "<sip:phone@192.168.77.5:5062>"}}})
	if err != nil {
		t.Fatal(err)
	}
	taken := r.next(t)
	taken.Answer()
	expect[call.Answered](t, taken)
	taken.End(call.Reason{})
	if err := made.WaitEnded(within(t)); err != nil {
		t.Fatal(err)
	}
	if uri := made.Last().URI(); uri != "sip:phone@192.168.77.5:5062" {
		t.Errorf("Request-URI is %s: it must stay the Contact", uri)
	}
	expect[call.Ended](t, taken)
}

// TestRouteSetIsKept asks that requests go through the proxies that recorded
// themselves: here the phone's own socket under another name.
func TestRouteSetIsKept(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	phone := r.phone(t, nil)
	proxy := "<sip:" + phone.Addr().String() + ";lr>"
	made, err := phone.Invite(siptest.Invite{To: "+15551230001", Fields: []siptest.Field{
		{Name: "Record-Route", Value: proxy}, {Name: "Contact", Value: "<sip:phone@203.0.113.7:5062>"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	taken := r.next(t)
	taken.Answer()
	expect[call.Answered](t, taken)
	taken.End(call.Reason{})
	if err := made.WaitEnded(within(t)); err != nil {
		t.Fatal(err)
	}
	if bye := made.Last(); bye.Get("Route") != proxy || bye.URI() != "sip:phone@203.0.113.7:5062" {
		t.Errorf("BYE %s has Route %q", bye.URI(), bye.Get("Route"))
	}
}

// TestStrangersGet403 asks that only trunks may call in, over each transport.
func TestStrangersGet403(t *testing.T) {
	t.Parallel()
	for _, transport := range []string{"udp", "tcp"} {
		r := newRig(t, nil, trunk.Trunk{Name: "far", Host: "192.0.2.1", Sources: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}})
		phone := r.phone(t, func(c *siptest.Config) { c.Transport = transport })
		made, err := phone.Call("+15551230001")
		if err != nil {
			t.Fatal(err)
		}
		if err := made.WaitEnded(within(t)); err != nil {
			t.Fatal(err)
		}
		if got := made.Last(); got == nil || got.Status() != 403 {
			t.Errorf("%s: got %v", transport, got)
		}
		if len(r.application.arrived) != 0 {
			t.Errorf("%s: the call arrived", transport)
		}
	}
}

// TestSequencesOfADialogGoOn has hold, resume and the end of one dialog, by either side,
// after requests of both: each side counts by itself (RFC 3261 §12.2.1.1).
func TestSequencesOfADialogGoOn(t *testing.T) {
	t.Parallel()
	for _, weHangUp := range []bool{false, true} {
		for _, weCall := range []bool{false, true} {
			phone, via := callee(t, "carrier", nil)
			r := newRig(t, nil, via)
			var its *siptest.Call
			var ours *testLeg
			if weCall {
				ours = r.dial(t, "+15557770000")
				its = next(t, phone)
				its.Answer()
				expect[call.Answered](t, ours)
			} else {
				phone = r.phone(t, nil)
				its, ours = r.connect(t, phone)
			}
			l := ours.Leg.(*leg)
			for range 2 {
				if err := its.Hold(within(t)); err != nil {
					t.Fatal(err)
				}
				expect[call.HoldChanged](t, ours)
				eventually(t, func() bool { return idle(l) }) // the ACK is there
				l.post(l.resume)
				if now := expect[call.HoldChanged](t, ours); now.Held {
					t.Error("it is still on hold")
				}
				eventually(t, func() bool { return idle(l) })
			}
			if weHangUp {
				ours.End(call.Reason{})
				if err := its.WaitEnded(within(t)); err != nil {
					t.Fatal(err)
				}
			} else if err := its.Hangup(within(t)); err != nil {
				t.Fatal(err)
			}
			expect[call.Ended](t, ours)
			checkSequence(t, phone)
			for _, ack := range once(phone, isRequest("ACK", false)) {
				if !slices.ContainsFunc(phone.Log(), func(e siptest.Entry) bool {
					return isRequest("INVITE", false)(e) && e.Message.CSeq() == ack.CSeq()
				}) {
					t.Errorf("ACK %d is of no INVITE", ack.CSeq())
				}
			}
		}
	}
}
