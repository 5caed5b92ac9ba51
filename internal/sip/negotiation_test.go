package sip

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/sdp"
	"github.com/switchhook/switchhook/internal/sip/siptest"
	"github.com/switchhook/switchhook/internal/trunk"
)

// TestReinviteWithoutAnOfferGetsOurs asks for a delayed offer inside a call: the
// 200 offers what goes on, the ACK answers, here with another codec.
func TestReinviteWithoutAnOfferGetsOurs(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	phone := r.phone(t, nil)
	made, taken := r.connect(t, phone)
	answer := strings.Replace(string(made.Describe("sendonly")), "RTP/AVP 0 8 101", "RTP/AVP 8 101", 1)
	response, err := made.ReinviteDelayed(within(t), []byte(answer))
	if err != nil || response.Status() != 200 || !strings.Contains(string(response.Body), "m=audio ") {
		t.Fatalf("got %v %v", response, err)
	}
	expect[call.SoundChanged](t, taken)
	if news := expect[call.HoldChanged](t, taken); !news.Held {
		t.Error("the ACK's answer is not obeyed")
	}
	if response, err := made.ReinviteDelayed(within(t), made.Describe("sendrecv")); err != nil || response.Status() != 200 {
		t.Fatalf("got %v %v", response, err)
	}
	expect[call.SoundChanged](t, taken)
	if news := expect[call.HoldChanged](t, taken); news.Held {
		t.Error("still held")
	}
}

// TestOffersInsideACallRepeatItsStreams has a phone that offers a picture before its sound,
// and numbers of its own, and then asks for an offer: it finds the sound where it was.
func TestOffersInsideACallRepeatItsStreams(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	streams := "c=IN IP4 127.0.0.1\nt=0 0\nm=video %s RTP/AVP 96\na=rtpmap:96 H264/90000\nm=audio 4002 RTP/AVP 0 97\na=rtpmap:97 telephone-event/8000\n"
	made, err := r.phone(t, nil).Invite(siptest.Invite{To: "+15551230001", NoSound: true, Body: descriptionOf(strings.Replace(streams, "%s", "4000", 1))})
	if err != nil {
		t.Fatal(err)
	}
	taken := r.next(t)
	taken.Answer()
	if err := made.WaitAnswered(within(t)); err != nil {
		t.Fatal(err)
	}
	expect[call.Answered](t, taken)
	response, err := made.ReinviteDelayed(within(t), []byte(descriptionOf(strings.Replace(streams, "%s", "0", 1)+"a=sendonly\n")))
	if err != nil || response.Status() != 200 || !strings.Contains(string(response.Body), "\r\nm=video 0 RTP/AVP 96\r\nm=audio ") || !strings.Contains(string(response.Body), "a=rtpmap:97 telephone-event/8000") {
		t.Fatalf("got %v %v", response, err)
	}
	if news := expect[call.HoldChanged](t, taken); !news.Held {
		t.Error("the sound of the answer is not obeyed")
	}
}

// TestOddHoldsAreSurvived asks what no RFC allows and gateways do all the same.
func TestOddHoldsAreSurvived(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	made, taken := r.connect(t, r.phone(t, nil))
	plain := string(made.Describe("sendrecv"))
	port, _, _ := strings.Cut(plain[strings.Index(plain, "m=audio ")+8:], " ")
	for _, test := range []struct {
		name, offer string
		status      int
		held        bool
	}{
		{"recvonly is no hold: it is heard no more", strings.Replace(plain, "a=sendrecv", "a=recvonly", 1), 200, false},
		{"a direction for the whole session", strings.Replace(strings.Replace(plain, "a=sendrecv\r\n", "", 1), "t=0 0\r\n", "t=0 0\r\na=sendonly\r\n", 1), 200, true},
		{"0.0.0.0 with inactive", strings.Replace(strings.Replace(plain, "c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0", 1), "a=sendrecv", "a=inactive", 1), 200, true},
		{"port 0 disables the only stream", strings.Replace(plain, "m=audio "+port, "m=audio 0", 1), 200, true},
		{"T.38 in place of the sound", strings.Replace(plain, "m=audio "+port, "m=image 4000 udptl t38\r\nm=audio 0", 1), 488, false},
	} {
		response, err := made.Reinvite(within(t), []byte(test.offer))
		if err != nil || response.Status() != test.status {
			t.Fatalf("%s: got %v %v", test.name, response, err)
		}
		if test.held {
			if news := expect[call.HoldChanged](t, taken); !news.Held {
				t.Errorf("%s: not held", test.name)
			}
		}
		if err := made.Unhold(within(t)); err != nil {
			t.Fatal(err)
		}
		if test.held {
			expect[call.HoldChanged](t, taken)
		}
	}
	made.Tone(700, 4000)
	eventually(t, func() bool { return siptest.Seconds(made.Heard(), 700) >= 0.2 })
	if len(taken.news) != 0 {
		t.Errorf("reported %+v", <-taken.news)
	}
}

// TestBackOffAfterGlareDependsOnWhoCalled asks for the times of RFC 3261 §14.1:
// the owner of the Call-ID waits 2.1 to 4 s, the other 0 to 2 s, in steps of 10 ms.
func TestBackOffAfterGlareDependsOnWhoCalled(t *testing.T) {
	t.Parallel()
	caller, callee := &leg{out: &outbound{}}, &leg{in: &inbound{}}
	for range 2000 {
		if d := caller.glareDelay(); d < 2100*time.Millisecond || d > 4*time.Second || d%(10*time.Millisecond) != 0 {
			t.Fatalf("who called waits %v", d)
		}
		if d := callee.glareDelay(); d < 0 || d > 2*time.Second || d%(10*time.Millisecond) != 0 {
			t.Fatalf("who was called waits %v", d)
		}
	}
}

// TestRedirectionsAreRefusedWithTheirReason asks that a 3xx is not followed: whom
// a call goes to is the application's to say. It hears the status.
func TestRedirectionsAreRefusedWithTheirReason(t *testing.T) {
	t.Parallel()
	phone, via := callee(t, "carrier", nil)
	r := newRig(t, nil, via)
	for _, status := range []int{300, 301, 302, 305, 380} {
		made := r.dial(t, "+15557770000")
		next(t, phone).Reject(status, "Elsewhere", siptest.Field{Name: "Contact", Value: "<sip:+15559990000@192.0.2.1>"})
		why := expect[call.Ended](t, made).Reason
		if why.Kind != call.Failed || why.SIP != (call.Status{Code: status, Phrase: "Elsewhere"}) {
			t.Errorf("%d: reason is %+v", status, why)
		}
	}
	if n := distinct(phone, isRequest("INVITE", false)); n != 5 {
		t.Errorf("%d INVITEs were sent", n)
	}
}

// TestSoundOfAnotherFamilyIsHeard has a peer that signals over IPv6 and speaks over IPv4: our answer
// names an address that it can reach.
func TestSoundOfAnotherFamilyIsHeard(t *testing.T) {
	t.Parallel()
	probe, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skipf("this machine has no IPv6: %v", err)
	}
	probe.Close()
	local := trunk.Trunk{Name: "local", Host: "::1", Sources: []netip.Prefix{netip.MustParsePrefix("::1/128")}}
	r := newRigOn(t, netip.IPv6Unspecified(), func(c *Config) { c.Listen = "[::]:0" }, local)
	_, port, _ := net.SplitHostPort(r.Addr().String())
	phone := r.phone(t, func(c *siptest.Config) { c.Listen, c.Server = "[::1]:0", "[::1]:"+port })
	sound, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer sound.Close()
	describe := func(address string) string {
		return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 " + address + "\r\nt=0 0\r\nm=audio " + fmt.Sprint(addressOf(sound.LocalAddr()).Port()) + " RTP/AVP 0\r\n"
	}
	made, err := phone.Invite(siptest.Invite{To: "+15551230001", Body: describe("127.0.0.1"), NoSound: true})
	if err != nil {
		t.Fatal(err)
	}
	taken := r.next(t)
	taken.Answer()
	eventually(t, func() bool { return made.Final() != nil })
	if body := string(made.Final().Body); !strings.Contains(body, "c=IN IP4 127.0.0.1\r\n") {
		t.Errorf("answered with\n%s", body)
	}
	sound.SetReadDeadline(time.Now().Add(patience))
	if _, _, err := sound.ReadFrom(make([]byte, 2048)); err != nil {
		t.Errorf("no sound comes: %v", err)
	}
	if response, err := made.Reinvite(within(t), []byte(describe("0.0.0.0"))); err != nil || !strings.Contains(string(response.Body), "c=IN IP4 127.0.0.1\r\n") {
		t.Errorf("on hold: %v, %v", response, err)
	}
	expect[call.Answered](t, taken)
	expect[call.HoldChanged](t, taken)
	taken.End(call.Reason{})
	expect[call.Ended](t, taken)
}

// TestSoundOfAFamilyThatWeLackIsToldWhatWeHave: a peer of both families reaches that.
func TestSoundOfAFamilyThatWeLackIsToldWhatWeHave(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	theirs, ours := netip.MustParseAddr("2001:db8::7"), netip.MustParseAddr("127.0.0.1")
	r.locals.towards.Put(theirs, ours, time.Now()) // as where there is no way to it
	made, _ := r.connect(t, r.phone(t, nil))
	l := r.legs.find(made.ID, made.Final().Tag("To"))
	offer, done := &sdp.Session{Streams: []sdp.Stream{{Kind: "audio", Port: 9, Address: theirs}}}, make(chan struct{})
	l.post(func() {
		defer close(done)
		for bound, want := range map[string]netip.Addr{"::": ours, "2001:db8::1": theirs, "127.0.0.1": ours} {
			if got := l.soundPeer(offer, netip.MustParseAddr(bound)); got != want {
				t.Errorf("bound to %s: our address is chosen for %s, want %s", bound, got, want)
			}
		}
	})
	<-done
}

// TestCallsOverIPv6 asks for calls both ways whose signalling and sound are IPv6.
func TestCallsOverIPv6(t *testing.T) {
	t.Parallel()
	probe, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skipf("this machine has no IPv6: %v", err)
	}
	probe.Close()
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			phone, via := callee(t, "six", func(c *siptest.Config) { c.Listen, c.Transport = "[::1]:0", transport })
			via.Sources = []netip.Prefix{netip.MustParsePrefix("::1/128")}
			r := newRigOn(t, netip.IPv6Loopback(), func(c *Config) { c.Listen = "[::1]:0" }, via)
			caller := r.phone(t, func(c *siptest.Config) { c.Listen, c.Transport = "[::1]:0", transport })
			made, taken := r.connect(t, caller)
			if !strings.Contains(string(made.Final().Body), "c=IN IP6 ::1\r\n") || !strings.Contains(made.Final().Get("Contact"), "@[::1]:") {
				t.Errorf("Contact %q and\n%s", made.Final().Get("Contact"), made.Final().Body)
			}
			made.Tone(700, 4000)
			eventually(t, func() bool { return siptest.Seconds(made.Heard(), 700) >= 0.2 })
			hold := strings.Replace(string(made.Describe("sendrecv")), "c=IN IP6 ::1", "c=IN IP6 ::", 1)
			if response, err := made.Reinvite(within(t), []byte(hold)); err != nil || response.Status() != 200 {
				t.Fatalf("hold by :: got %v %v", response, err)
			}
			expect[call.HoldChanged](t, taken)
			taken.End(call.Reason{})
			if err := made.WaitEnded(within(t)); err != nil {
				t.Fatal(err)
			}

			out := r.dial(t, "+15557770000")
			rung := next(t, phone)
			if top := rung.Invite.Get("Via"); !strings.Contains(top, " [::1]:") || !strings.Contains(rung.Invite.URI(), "@[::1]") {
				t.Errorf("Via %q to %s", top, rung.Invite.URI())
			}
			rung.Answer()
			expect[call.Answered](t, out)
			rung.Tone(440, 4000)
			eventually(t, func() bool { return siptest.Seconds(rung.Heard(), 440) >= 0.2 })
			if err := rung.Hangup(within(t)); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestRequireIsHonoured asks that what we lack is named, and what we
// know is not refused.
func TestRequireIsHonoured(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil, trunk.Trunk{Name: "local", Host: "127.0.0.1", Sources: loopback})
	phone := r.phone(t, nil)
	response, err := phone.Request(within(t), "INVITE", "+15551230001", siptest.Field{Name: "Require", Value: "timer, telepathy,precondition"})
	if err != nil || response.Status() != 420 || response.Get("Unsupported") != "telepathy, precondition" {
		t.Errorf("got %v %v", response, err)
	}
	if response, err := phone.Request(within(t), "OPTIONS", "x", siptest.Field{Name: "Require", Value: "100REL, Timer, replaces"}); err != nil || response.Status() != 200 {
		t.Errorf("what is known: %v %v", response, err)
	}
}

// TestACKWithoutAnAnswerLeavesTheCallAsItWas has a peer that asks for an offer in a
// re-INVITE, as third-party controllers do to refresh a session, and does not answer it.
func TestACKWithoutAnAnswerLeavesTheCallAsItWas(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	made, taken := r.connect(t, r.phone(t, nil))
	if response, err := made.ReinviteDelayed(within(t), nil); err != nil || response.Status() != 200 || len(response.Body) == 0 {
		t.Fatal(response, err)
	}
	made.Tone(700, 4000)
	eventually(t, func() bool { return siptest.Seconds(made.Heard(), 700) >= 0.2 })
	if err := made.Hold(within(t)); err != nil {
		t.Fatal(err)
	}
	if news := expect[call.HoldChanged](t, taken); !news.Held {
		t.Error("not held")
	}
}
