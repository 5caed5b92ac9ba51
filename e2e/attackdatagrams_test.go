package e2e

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/sip/siptest"
)

// malformed are datagrams that no parser should trust.
var malformed = []string{
	"", "\x00", "\r\n\r\n", "SIP/2.0", "SIP/2.0 200 OK\r\n\r\n", "INVITE\r\n\r\n", "INVITE sip:a SIP/2.0\r\n\r\n",
	"INVITE sip:+1@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK\r\nFrom: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\nCall-ID: c\r\nCSeq: 99999999999999999999 INVITE\r\n\r\n",
	"INVITE sip:+1@h SIP/2.0\r\nVia: SIP/2.0/UDP h:99999;rport;branch=\r\nFrom: <\r\nTo: >\r\nCall-ID: \r\nCSeq: -1 INVITE\r\nContent-Length: -5\r\n\r\n",
	"OPTIONS sip:h SIP/2.0\r\nVia: ,,,\r\nFrom: \"\r\nTo: \"\\\r\nCall-ID: a\r\nCSeq: 1 OPTIONS\r\nContent-Length: 4294967296\r\n\r\n",
	"REGISTER sip:h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:101@h>;tag=1\r\nTo: <sip:101@h>\r\nCall-ID: r\r\nCSeq: 1 REGISTER\r\nContact: *\r\nExpires: x\r\nAuthorization: Digest username=\r\n\r\n",
	"BYE sip:h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK2\r\nFrom: <sip:a@h>;tag=\r\nTo: <sip:b@h>;tag=\r\nCall-ID: \x00\xff\r\nCSeq: 1 INVITE\r\n\r\n",
	"\x00\x01\x00\x00\x21\x12\xa4\x42aaaaaaaaaaaa", "\x00\x01\xff\xff\x21\x12\xa4\x42aaaaaaaaaaaa", "\x80\x00\x00\x01\x00\x00\x00\x00",
}

// TestAttackOfMalformedDatagrams: strangers and somebody on the trunk's address
// send what is broken, and what is broken at a random place.
func TestAttackOfMalformedDatagrams(t *testing.T) {
	t.Parallel()
	v := startAttacked(t, setup{})
	v.under(func() {
		var work sync.WaitGroup
		for _, host := range []string{strangerHost, trunkHost} {
			work.Go(func() {
				v.flood(host, func(n int) string { return damaged(malformed[n%len(malformed)]) }, 2*time.Millisecond)
			})
		}
		work.Wait()
	})
}

// damaged changes a byte of a text in half of all cases.
func damaged(text string) string {
	if text == "" || rand.IntN(2) == 0 {
		return text
	}
	data := []byte(text)
	data[rand.IntN(len(data))] = byte(rand.IntN(256))
	return string(data)
}

// TestAttackOfFloods: strangers of many addresses send INVITEs and REGISTERs as
// fast as they can.
func TestAttackOfFloods(t *testing.T) {
	t.Parallel()
	v := startAttacked(t, setup{})
	v.under(func() {
		var work sync.WaitGroup
		for source := range 4 {
			work.Go(func() {
				v.flood(fmt.Sprintf("127.66.%d.6", source), func(n int) string {
					method := []string{"INVITE", "REGISTER"}[n%2]
					return fmt.Sprintf("%s sip:%s@%s SIP/2.0\r\nVia: SIP/2.0/UDP 127.66.0.6;branch=z9hG4bK%d.%d\r\nMax-Forwards: 70\r\nFrom: <sip:101@h>;tag=%d\r\n"+
						"To: <sip:%s@h>\r\nCall-ID: %d.%d\r\nCSeq: 1 %s\r\nContact: <sip:a@127.66.0.6>\r\nContent-Length: 0\r\n\r\n",
						method, echoNumber, v.addresses.SIP, source, n, n, echoNumber, source, n, method)
				}, time.Millisecond)
			})
		}
		work.Wait()
	})
}

// flood sends datagrams from an address for the time of an attack.
func (v *attacked) flood(host string, datagram func(n int) string, pause time.Duration) {
	to, err := net.ResolveUDPAddr("udp", v.addresses.SIP)
	if err != nil {
		v.t.Error(err)
		return
	}
	conn, err := net.DialUDP("udp", &net.UDPAddr{IP: net.ParseIP(host)}, to)
	if err != nil {
		v.t.Error(err)
		return
	}
	defer conn.Close()
	until := time.Now().Add(attackTime())
	for n := 0; time.Now().Before(until); n++ {
		conn.Write([]byte(datagram(n))) // an ICMP error of an earlier one is no matter
		time.Sleep(pause)
	}
}

// TestAttackOfWrongPasswords: a stranger guesses a telephone's password; the
// telephone still registers and calls.
func TestAttackOfWrongPasswords(t *testing.T) {
	t.Parallel()
	v := startAttacked(t, setup{})
	v.under(func() {
		until := time.Now().Add(attackTime())
		for n := 0; n < 40 || time.Now().Before(until); n++ {
			phone, err := siptest.New(siptest.Config{Listen: strangerHost + ":0", Server: v.addresses.SIP, Transport: "tcp", User: v.desk.UserName})
			if err != nil {
				continue // the stranger is refused, which is right
			}
			answer, err := phone.Register(briefly(t, time.Second), siptest.Account{UserName: v.desk.UserName, Password: fmt.Sprint("guess", n)}, 600)
			if err == nil && answer.Status() == http.StatusOK {
				t.Error("a wrong password registered a telephone")
			}
			phone.Close()
		}
	})
}

// TestAttackOfUnansweredCalls: a user's telephone calls a colleague, who rings, so
// often that ports for sound run out; others can still call.
func TestAttackOfUnansweredCalls(t *testing.T) {
	t.Parallel()
	v := startAttacked(t, setup{config: "rtp-ports: 19000-19199\n"})
	ringing := v.phoneOf(deskHost, v.colleague)
	user := v.newPhoneUser("103")
	caller := v.phoneOf("127.7.0.8", user)
	v.under(func() {
		for range sized(110, 400) {
			if call, err := caller.CallAs(briefly(t, 5*time.Second), user, siptest.Invite{To: v.colleague.UserName}); err == nil {
				call.Mute()
			}
		}
		if call, err := ringing.Next(within(t, 5*time.Second)); err != nil || call.Ring() != nil {
			t.Errorf("the colleague did not ring: %v", err)
		}
		time.Sleep(attackTime())
	})
}

// phoneOf is a telephone that has registered from an address.
func (v *attacked) phoneOf(host string, as siptest.Account) *siptest.Phone {
	v.t.Helper()
	phone, err := siptest.New(siptest.Config{Listen: host + ":0", Server: v.addresses.SIP, User: as.UserName})
	must(v.t, err)
	v.t.Cleanup(phone.Close)
	answer, err := phone.Register(within(v.t, 5*time.Second), as, 600)
	must(v.t, err)
	if answer.Status() != http.StatusOK {
		v.t.Fatalf("REGISTER got %s", answer.Start)
	}
	return phone
}
