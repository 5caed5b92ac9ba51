package media

import (
	"encoding/binary"
	"testing"

	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v4"
)

// sending connects a peer with a browser that hears and reads nothing, and returns what sends
// a packet of sound to it.
func sending(t testing.TB) (send func(), end func()) {
	e := open(t)
	p, states := newPeer(e)
	engine := &webrtc.MediaEngine{}
	fatal(t, engine.RegisterCodec(find(formats(), webrtc.MimeTypeG722), webrtc.RTPCodecTypeAudio))
	var settings webrtc.SettingEngine
	settings.SetIncludeLoopbackCandidate(true)
	api := webrtc.NewAPI(webrtc.WithMediaEngine(engine), webrtc.WithSettingEngine(settings), webrtc.WithInterceptorRegistry(&interceptor.Registry{}))
	pc, err := api.NewPeerConnection(webrtc.Configuration{})
	fatal(t, err)
	_, err = pc.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio)
	fatal(t, err)
	connect(t, p, pc)
	await(t, states, Connected)
	packet := make([]byte, 12+80)
	packet[0], packet[1] = 2<<6, 9
	binary.BigEndian.PutUint32(packet[8:], p.ssrc)
	number := uint16(0)
	send = func() {
		number++
		binary.BigEndian.PutUint16(packet[2:], number)
		binary.BigEndian.PutUint32(packet[4:], 160*uint32(number))
		if n, err := p.SendRTP(packet); err != nil || n == 0 {
			t.Fatal("a packet was not sent: ", err)
		}
	}
	return send, func() {
		pc.Close()
		p.Close()
		p.Port().Close()
		e.Close()
	}
}

// TestSoundIsSentWithoutAllocations: a room of hundreds sends thousands of packets a second.
// What comes to the other end in the same process allocates for one packet in some hundred.
func TestSoundIsSentWithoutAllocations(t *testing.T) {
	send, end := sending(t)
	defer end()
	if allocs := testing.AllocsPerRun(2000, send); allocs != 0 {
		t.Errorf("%v allocations a packet", allocs)
	}
}

// BenchmarkSendSound is what a packet of sound costs between the stream and the socket:
// headers, SRTP, ICE, and the system call with which the kernel brings it to the other
// end's socket.
func BenchmarkSendSound(b *testing.B) {
	send, end := sending(b)
	defer end()
	b.ReportAllocs()
	for b.Loop() {
		send()
	}
}
