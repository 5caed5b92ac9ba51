package signalling

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/webrtc/protocol"
)

// TestHandshakesThatFailTakeNoPlace: else a few hundred of them would lock every browser out.
func TestHandshakesThatFailTakeNoPlace(t *testing.T) {
	s := New(Config{Log: slog.New(slog.DiscardHandler)})
	for i := range maxStrangers + 1 {
		r := httptest.NewRequest(http.MethodGet, "/client", nil)
		r.Header.Set("Upgrade", "websocket") // and no key
		r.RemoteAddr = fmt.Sprintf("192.0.2.%d:1000", i%200)
		out := httptest.NewRecorder()
		s.ServeHTTP(out, r)
		if out.Code == http.StatusServiceUnavailable {
			t.Fatalf("after %d handshakes that failed there is no room", i)
		}
	}
	if len(s.strangers) != 0 || len(s.byAddress) != 0 {
		t.Errorf("%d strangers and %d addresses have places", len(s.strangers), len(s.byAddress))
	}
}

// fill takes all places of strangers, by one site of IPv6 and a few others before.
func (o *office) fill(before ...string) (quiet, loud []*page) {
	for _, from := range before {
		quiet = append(quiet, o.connect(from))
	}
	for i := range maxStrangers - len(before) {
		loud = append(loud, o.connect(fmt.Sprintf("[2001:db8:0:%x::1]:1000", i/maxPerAddress)))
	}
	synctest.Wait()
	return quiet, loud
}

// TestLoudestStrangersMakeRoom: who has all places without a token keeps nobody out, and the
// quiet stay.
func TestLoudestStrangersMakeRoom(t *testing.T) {
	run(t, func(o *office) {
		quiet, loud := o.fill("192.0.2.7:1", "192.0.2.8:1")
		p, _ := o.greet(protocol.Hello{Token: "ann"})
		synctest.Wait()
		if _, _, code := loud[0].read(); code != protocol.CloseTooMany {
			t.Errorf("the oldest of the loudest was closed with %d", code)
		}
		if _, _, code := loud[1].read(); code != 0 {
			t.Errorf("another one was closed with %d", code)
		}
		quiet[0].write(hello(map[string]any{"token": "bob"}))
		if _, messages, code := quiet[0].read(); len(messages) != 1 || code != 0 {
			t.Errorf("somebody who was there before was told %v, and closed with %d", messages, code)
		}
		if len(o.clients) != 2 {
			t.Errorf("there are %d clients", len(o.clients))
		}
		p.conn.Close()
		time.Sleep(helloTime + 2*time.Second)
	})
}

// TestStrangersAreAPartOfTheConnections: a listener of few connections has some left.
func TestStrangersAreAPartOfTheConnections(t *testing.T) {
	for given, want := range map[int]int{0: maxStrangers, 16: 16, 10_000: maxStrangers} {
		s := New(Config{Strangers: given})
		for i := range want + 5 {
			if _, ok := s.admit(fmt.Sprintf("198.51.%d.%d:1", i/256, i%256)); !ok {
				t.Fatalf("stranger %d has no place", i)
			}
		}
		if len(s.strangers) != want {
			t.Errorf("%d strangers where there may be %d, want %d", len(s.strangers), given, want)
		}
	}
}

// TestLateHelloOfWhoMadeRoomIsNotRead: the place has another one by then.
func TestLateHelloOfWhoMadeRoomIsNotRead(t *testing.T) {
	s := New(Config{})
	first, _ := s.admit("192.0.2.1:1")
	for i := range maxStrangers {
		if _, ok := s.admit(fmt.Sprintf("198.51.%d.%d:1", i/256, i%256)); !ok {
			t.Fatalf("stranger %d has no place", i)
		}
	}
	if first.await(nil, time.Now()) || first.known() {
		t.Error("the oldest is read, though it has made room")
	}
	if len(s.strangers) != maxStrangers {
		t.Errorf("%d strangers", len(s.strangers))
	}
	if first.leave(); len(s.strangers) != maxStrangers || s.byAddress[first.subnet] != 0 {
		t.Error("it took another's place with it")
	}
}

// TestThisMachineHasNoLimit: a proxy on it may reach us over either loopback address.
func TestThisMachineHasNoLimit(t *testing.T) {
	for _, from := range []string{"127.0.0.1:1", "[::1]:1"} {
		s := New(Config{})
		for i := range maxPerAddress + 1 {
			if _, ok := s.admit(from); !ok {
				t.Fatalf("%s: no place for socket %d", from, i)
			}
		}
	}
}
