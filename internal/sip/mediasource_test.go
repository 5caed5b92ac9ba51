package sip

import (
	"bytes"
	"net"
	"testing"

	"github.com/switchhook/switchhook/internal/call"
	"github.com/switchhook/switchhook/internal/rtp"
)

// TestStrangersAreNotHeard sprays a call's port from another host while its phone
// is silent: nothing of it may be heard, nor answered.
func TestStrangersAreNotHeard(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	made, err := r.phone(t, nil).Call("+15551230001")
	if err != nil {
		t.Fatal(err)
	}
	made.Mute() // the phone never sends a packet
	taken := r.next(t)
	taken.Answer()
	if err := made.WaitAnswered(within(t)); err != nil {
		t.Fatal(err)
	}
	expect[call.Answered](t, taken)
	session := taken.Port().(*rtp.Session)
	stranger, err := net.DialUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 2)}, net.UDPAddrFromAddrPort(session.LocalAddr()))
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	packet := append([]byte{0x80, 0, 0, 0, 0, 0, 0, 0, 9, 9, 9, 9}, bytes.Repeat([]byte{0x80}, 160)...) // loud
	for n := byte(0); session.Stats().Ignored < 40; n++ {
		if t.Context().Err() != nil || session.Stats().Received > 0 {
			break
		}
		packet[3], packet[6], packet[7] = n, byte(int(n)*160>>8), byte(int(n)*160)
		before := session.Stats().Ignored
		if _, err := stranger.Write(packet); err != nil {
			t.Fatal(err)
		}
		eventually(t, func() bool { return session.Stats().Ignored > before || session.Stats().Received > 0 })
	}
	if stats := session.Stats(); stats.Received > 0 || taken.loud.Load() > 0 || stats.Remote.IsValid() {
		t.Errorf("a stranger is heard: %+v, %d loud frames", stats, taken.loud.Load())
	}
}
