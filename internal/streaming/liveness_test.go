package streaming

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gobwas/ws"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
)

// TestSpeechIsNoticed: only by an application that asks for it, with who it was in an
// unmixed stream.
func TestSpeechIsNoticed(t *testing.T) {
	speech := audiotest.Speech(16000, 1000)
	speaks := func(i int) audio.Frame { return speech[i*320 : (i+1)*320] }
	for _, unmixed := range []bool{false, true} {
		stream(t, Config{Unmixed: unmixed}, nil, func(s *session) {
			var ears []audio.Listener
			if unmixed {
				ears = append(ears, s.Participant("8:acs:a"))
			}
			s.tick(50, speaks, ears...)
			s.tick(50, none, ears...)
			if m := s.app.got("SpeechData"); len(m) != 0 {
				t.Errorf("nobody asked for notices: %v", m)
			}
			s.app.say(`{"kind":"SpeechNotices","speechNotices":{"enabled":true}}`)
			synctest.Wait()
			s.tick(50, speaks, ears...)
			began := s.app.got("SpeechData")
			s.tick(50, none, ears...)
			all := s.app.got("SpeechData")
			if len(began) != 1 || len(all) != 2 || !strings.Contains(all[0].text, `"state":"Started"`) || !strings.Contains(all[1].text, `"state":"Ended"`) {
				t.Fatalf("unmixed %v: got %v, then %v", unmixed, began, all)
			}
			if strings.Contains(all[0].text, `"participantRawID":"8:acs:a"`) != unmixed {
				t.Errorf("unmixed %v: %s", unmixed, all[0].text)
			}
			s.app.say(`{"kind":"SpeechNotices","speechNotices":{"enabled":false}}`)
			synctest.Wait()
			s.tick(50, speaks, ears...)
			if n := len(s.app.got("SpeechData")); n != 2 {
				t.Errorf("%d notices after they were turned off", n)
			}
		})
	}
}

// TestApplicationThatHasVanishedIsFound: it is asked every 15 s, and connected to again
// when it has not answered for 45 s. Who answers keeps the connection.
func TestApplicationThatHasVanishedIsFound(t *testing.T) {
	stream(t, Config{}, nil, func(s *session) {
		s.tick(15*50+1, none)
		pings := 0
		for _, m := range s.app.messages {
			if m.frame.OpCode == ws.OpPing {
				pings++
			}
		}
		if pings != 1 {
			t.Errorf("%d pings in 15 s", pings)
		}
		if err := ws.WriteFrame(s.app.conn, ws.NewPongFrame(nil)); err != nil {
			t.Fatal(err)
		}
		s.tick(43*50, none) // 58 s: a pong was the last sign
		if s.app.dials != 1 {
			t.Fatal("the connection of an application that answers was given up")
		}
		s.tick(10*50, none)
		if s.app.dials != 2 {
			t.Errorf("%d connections after 45 s without a sign", s.app.dials)
		}
	})
}

// TestSlowApplicationLosesTheOldestSound: half a second is kept, what is dropped is
// counted, and what comes then is the present.
func TestSlowApplicationLosesTheOldestSound(t *testing.T) {
	stream(t, Config{}, func(s *session) { s.app.deaf = true }, func(s *session) {
		s.tick(queuedFrames+100, loud)
		s.tick(1, none)
		if dropped := s.pace.Dropped(); dropped < 95 || dropped > 105 {
			t.Errorf("%d frames were dropped", dropped)
		}
	})
}

// TestForbiddenAddressesAreNotConnectedTo, by whatever name they come.
func TestForbiddenAddressesAreNotConnectedTo(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	forbidden := errors.New("private addresses are refused")
	d := &Dialer{
		Token: func(context.Context) (string, error) { return "a-token", nil }, Log: slog.New(slog.DiscardHandler),
		Check: func(netip.Addr) error { return forbidden },
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]"} {
		if _, err := d.dial(t.Context(), Config{URL: "ws://" + host + ":" + port}); !errors.Is(err, forbidden) {
			t.Errorf("%s: %v", host, err)
		}
	}
	listener.(*net.TCPListener).SetDeadline(time.Now())
	if _, err := listener.Accept(); err == nil {
		t.Error("somebody connected")
	}
}
