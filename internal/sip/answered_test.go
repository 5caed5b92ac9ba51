package sip

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/rtp"
	"github.com/switchhook/switchhook/internal/sdp"
)

// TestCalleeMaySendEveryFormatOfItsAnswer is a phone that answers PCMU and PCMA and
// sends PCMA alone, and one that answers telephone-event under a number of its own and
// sends keys under the offer's (RFC 3264 §5.1) or under its own.
func TestCalleeMaySendEveryFormatOfItsAnswer(t *testing.T) {
	t.Parallel()
	ports := rtp.NewPorts(rtp.Config{Low: 38000, High: 38198})
	for _, test := range []struct {
		name           string
		answered, keys uint8
	}{{"as offered", 101, 101}, {"under the offer's number", 96, 101}, {"under the answer's number", 96, 96}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			phone, via := callee(t, "carrier", nil)
			r := newRig(t, nil, via)
			made := r.dial(t, "+15557770000")
			rung := next(t, phone)
			session, err := ports.Open(rtp.Holder{})
			if err != nil {
				t.Fatal(err)
			}
			at := session.LocalAddr()
			if err := rung.AnswerWith(fmt.Appendf(nil, "v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %[1]s\r\nt=0 0\r\nm=audio %d RTP/AVP 0 8 %d\r\na=rtpmap:%[3]d telephone-event/8000\r\n",
				at.Addr(), at.Port(), test.answered)); err != nil {
				t.Fatal(err)
			}
			expect[call.Answered](t, made)
			offer, err := sdp.Parse(rung.Invite.Body)
			if err != nil {
				t.Fatal(err)
			}
			stop := carry(session, netip.AddrPortFrom(offer.Streams[0].Address, offer.Streams[0].Port), test.keys)
			defer stop()
			eventually(t, func() bool { return made.loud.Load() > 10 })
			if err := session.SendTones(within(t), []byte("57")); err != nil {
				t.Fatal(err)
			}
			for _, key := range []call.Tone{'5', '7'} {
				if news := expect[call.ToneHeard](t, made); news.Tone != key {
					t.Errorf("heard %c, want %c", news.Tone, key)
				}
			}
			if stats := made.Leg.(*leg).session.Stats(); stats.Ignored > 0 {
				t.Errorf("%+v", stats)
			}
		})
	}
}

// carry speaks a tone in PCMA, and keys under a payload type, until it is stopped.
func carry(session *rtp.Session, to netip.AddrPort, keys uint8) (stop func()) {
	formats := sdp.Formats{Codecs: []sdp.Format{{PayloadType: 8, Codec: "PCMA"}}, Events: []sdp.Events{{PayloadType: keys, Clock: 8000}}}
	session.SetMedia(sdp.Media{Remote: to, Host: to.Addr(), Send: true, Receive: true, Sending: formats, Receiving: formats})
	done, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		defer session.Close()
		ticker := time.NewTicker(audio.FrameDuration)
		defer ticker.Stop()
		voice, frame := audio.NewOscillator(-6, 700), make(audio.Frame, 160)
		for {
			session.ReadFrame(frame)
			voice.ReadFrame(frame)
			session.WriteFrame(frame)
			select {
			case <-ticker.C:
			case <-done:
				return
			}
		}
	}()
	return func() { close(done); <-gone }
}
