package relay

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/stun/v4"
	"github.com/pion/turn/v5"
)

func TestCredentialsAreGoodForTenMinutes(t *testing.T) {
	synctest.Test(t, checkCredentials)
}

func checkCredentials(t *testing.T) {
	ahead, here := 24*time.Hour, false
	c := newCredentials(func() time.Time { return time.Now().Add(ahead) })
	name, password := c.give(user)
	present := func(who string) bool { return here && who == user }
	check := func(name string, method stun.Method) bool {
		who, key, ok := c.check(&turn.RequestAttributes{Username: name, Realm: realm, Method: method}, present)
		return ok && who == user && bytes.Equal(key, turn.GenerateAuthKey(name, realm, password))
	}
	if !check(name, stun.MethodAllocate) || !check(name, stun.MethodRefresh) {
		t.Error("new credentials are refused")
	}
	for _, ahead = range []time.Duration{0, 48 * time.Hour} {
		if !check(name, stun.MethodAllocate) {
			t.Errorf("credentials are refused where the clock was set, %s ahead now", ahead)
		}
	}
	for _, bad := range []string{"", "x", ":", "1", "1:", "x:" + user, "999999999999999999999:" + user, strings.Repeat("1", 300) + ":" + user, user} {
		if check(bad, stun.MethodAllocate) {
			t.Errorf("%q is taken", bad)
		}
	}
	if later := "4900000000:" + user; check(later, stun.MethodAllocate) {
		t.Error("the password is good for another time")
	}
	if _, _, ok := c.check(&turn.RequestAttributes{Username: name, Realm: "other", Method: stun.MethodAllocate}, present); ok {
		t.Error("another realm is taken")
	}
	time.Sleep(credentialTime + time.Second)
	if check(name, stun.MethodAllocate) || check(name, stun.MethodRefresh) {
		t.Error("expired credentials are taken")
	}
	if here = true; check(name, stun.MethodAllocate) || !check(name, stun.MethodRefresh) || !check(name, stun.MethodChannelBind) {
		t.Error("in a call that goes on, an allocation is not refreshed, or another is opened")
	}
}

func TestWrongPasswordsOpenNothing(t *testing.T) {
	s := open(t, nil)
	given := s.Servers(user)[0]
	for _, test := range [][2]string{{given.Username, "wrong"}, {given.Username, ""}, {given.Username + "x", given.Credential}, {"1:" + user, given.Credential}} {
		if _, err := clientAs(t, udp(t), s.Addr().String(), test[0], test[1]).Allocate(); err == nil {
			t.Errorf("%q opens an allocation", test)
		}
	}
	if n := s.Allocations(); n != 0 {
		t.Errorf("%d allocations", n)
	}
}

func TestFloodsAreNotAnswered(t *testing.T) {
	g, now := newGate(), time.Now()
	request, bind, data := make([]byte, stunHeader), make([]byte, stunHeader), []byte{0x40, 0, 0, 0}
	binary.BigEndian.PutUint16(request, 0x0003)
	binary.BigEndian.PutUint16(bind, channelBind)
	from := netip.MustParseAddrPort("192.0.2.7:4000")
	count := func(message []byte, from netip.AddrPort) (n int) {
		for range 1000 {
			if g.passes(message, from, now) {
				n++
			}
		}
		return n
	}
	if n := count(bind, from); n != bindingRate.Burst {
		t.Errorf("%d bindings of a client pass", n)
	}
	if n := count(request, netip.MustParseAddrPort("192.0.2.8:1")); n != requestRate.Burst {
		t.Errorf("%d requests of a source pass", n)
	}
	if n := count(request, netip.MustParseAddrPort("192.0.2.8:2")); n != 0 {
		t.Errorf("%d more pass from another port", n)
	}
	hosts := 0
	for host := range 100 {
		hosts += count(request, netip.AddrPortFrom(netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, 0, 1, 0, byte(host), 15: 1}), 1))
	}
	if hosts != siteRate.Burst {
		t.Errorf("%d requests of a site with many hosts pass", hosts)
	}
	if n := count(data, from); n != 1000 {
		t.Errorf("%d packets of sound pass", n)
	}
	for _, bad := range []string{"", "\x00", "\x80aaaaaaaaaaaaaaaaaaaaaaaa", "\x00\x03short"} {
		if g.passes([]byte(bad), from, now) {
			t.Errorf("%q passes", bad)
		}
	}
}

// FuzzStream reads any bytes as TURN over TCP: messages are whole and bounded.
func FuzzStream(f *testing.F) {
	f.Add([]byte("\x00\x03\x00\x00\x21\x12\xa4\x42aaaaaaaaaaaa\x40\x00\x00\x01a\x00\x00\x00"))
	f.Add([]byte("\x00\x03\xff\xff"))
	f.Add([]byte("\x40\x00\xff\xfc"))
	f.Fuzz(func(t *testing.T, text []byte) {
		s := &stream{Conn: readConn{Reader: bytes.NewReader(text)}, of: &streams{gate: newGate()}}
		read := 0
		for p := make([]byte, maxMessage); ; {
			n, err := s.message(p)
			if err != nil {
				return
			}
			if read += n; n < channelHeader || n >= maxMessage || read > len(text) {
				t.Fatalf("a message of %d bytes, after %d of %d", n, read, len(text))
			}
		}
	})
}

type readConn struct {
	net.Conn
	io.Reader
}

func (c readConn) Read(p []byte) (int, error) { return c.Reader.Read(p) }
