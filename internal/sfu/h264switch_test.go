package sfu

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/rtp"
)

// h264 sends H.264 as browsers do: parameters, and an IDR in pieces; other pictures in one.
type h264 struct {
	layer *Layer
	seq   uint16
	time  uint32
}

func (e *h264) picture(key bool) {
	e.time += 4500
	payloads := [][]byte{{0x41, 0x9a, 1, 2, 3}} // not of an IDR
	if key {
		payloads = [][]byte{sps, {0x68, 0xce, 0x3c, 0x80}, {0x7c, 0x85, 0x88, 0x84}, {0x7c, 0x05, 1, 2}, {0x7c, 0x45, 3, 4}}
	}
	for i, payload := range payloads {
		p := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 102, SequenceNumber: e.seq, Timestamp: e.time, SSRC: e.layer.ssrc, Marker: i == len(payloads)-1}, Payload: payload}
		b, _ := p.Marshal()
		e.seq++
		e.layer.Take(b, false, time.Now())
	}
}

// TestEncodingsOfH264ChangeAtTheirParameters: an IDR alone begins nothing; numbers and time
// go on, and who takes VP8 alone gets nothing.
func TestEncodingsOfH264ChangeAtTheirParameters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ann := NewClient("ann", &news{})
		defer ann.Close()
		ann.SetStreams(1, 0)
		source := ann.Source(Camera)
		one := &h264{layer: source.Open("q", 1, H264, &encoding{}), seq: 65530, time: 1 << 31}
		other := &h264{layer: source.Open("h", 2, H264, &encoding{}), seq: 7, time: 99}
		line := &received{}
		bob := NewClient("bob", &news{})
		defer bob.Close()
		bob.SetLine(Line{MID: "a", SSRC: 100, Types: map[Codec]Types{H264: {Media: 102}}, Write: line.write})
		for _, e := range []*h264{one, other} {
			e.layer.setSinks([]*sink{bob.sinks[0]})
		}
		target := func(l *Layer) {
			bob.mu.Lock()
			defer bob.mu.Unlock()
			bob.sinks[0].give(1, l, time.Now())
		}
		target(one.layer)
		one.picture(false)
		one.picture(true)
		one.picture(false)
		target(other.layer)
		for range 3 {
			time.Sleep(50 * time.Millisecond)
			one.picture(false)
			other.picture(false)
		}
		time.Sleep(50 * time.Millisecond)
		other.picture(true)
		one.picture(true)
		other.picture(false)
		time.Sleep(100 * time.Millisecond)
		packets := line.all()
		if want := 5 + 1 + 3 + 5 + 1; len(packets) != want {
			t.Fatalf("%d packets came, want %d", len(packets), want)
		}
		for i := 1; i < len(packets); i++ {
			a, b := packets[i-1], packets[i]
			if b.SequenceNumber != a.SequenceNumber+1 || a.Marker != (b.Timestamp != a.Timestamp) || int32(b.Timestamp-a.Timestamp) < 0 || b.SSRC != 100 || b.PayloadType != 102 {
				t.Errorf("packet %d is followed by %+v", i, b.Header)
			}
		}
		if first := packets[9].Payload[0]; first != sps[0] {
			t.Errorf("the other encoding begins with a unit %#x", first)
		}
	})
}
