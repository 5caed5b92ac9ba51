//go:build linux && !portable

package rtp

import (
	"fmt"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/codec"
)

// TestLongPacketsAreHeard: gateways that save headers put up to 200 ms into a packet, which a
// receiver should take (RFC 3551 §4.2), whatever it likes itself.
func TestLongPacketsAreHeard(t *testing.T) {
	for _, frames := range []int{3, 4, 5, 10} {
		t.Run(fmt.Sprint(frames*20, " ms"), func(t *testing.T) {
			s, peer := listener(t)
			var pcm []int16
			frame := make([]int16, 160)
			var packet []byte
			begin, sequence := header{}, uint16(65530)
			for i, one := range talk(4, 20, 0) {
				if i%frames == 0 {
					begin = one.header
				}
				if packet = append(packet, one.payload...); (i+1)%frames == 0 {
					begin.sequence, sequence = sequence, sequence+1
					peer.say(t, begin, packet, s)
					packet = nil
				}
				if !s.ReadFrame(frame) {
					clear(frame)
				}
				pcm = append(pcm, frame...)
			}
			if share := audiotest.Goertzel(pcm[100*160:], 8000, tone); share < 0.99 {
				t.Errorf("heard %s", audiotest.Describe(pcm[100*160:], 8000))
			}
			if stats := s.Stats(); stats.Lost+stats.Late+stats.Discarded+stats.Duplicates > 0 || stats.Concealed > uint64(2*frames) {
				t.Errorf("%+v", stats)
			}
		})
	}
}

// TestLongPacketsCrossALineWithJitter: what waits beside a long packet is no delay that has
// built up, and none of it is thrown away. After a stall what is too much is.
func TestLongPacketsCrossALineWithJitter(t *testing.T) {
	for _, frames := range []int{5, 8, 10} {
		for _, stall := range []bool{false, true} {
			n := newNetwork(5, func(r *route) { r.jitter = 35 * time.Millisecond }, codec.PCMU)
			f, begin, packet := make([]int16, 160), header{}, make([]byte, headerSize)
			for i, one := range talk(30, 20, 0) {
				n.ab.now = n.ab.now.Add(20 * time.Millisecond)
				if i%frames == 0 {
					begin, packet = one.header, packet[:headerSize]
				}
				if packet = append(packet, one.payload...); (i+1)%frames == 0 {
					begin.sequence = uint16(65500 + i/frames)
					begin.put(packet)
					_, _ = n.ab.SendRTP(packet)
				}
				if n.b.reading = n.ab.now.UnixNano(); !stall || i < 600 || i > 640 {
					n.ab.deliver(n.b)
				}
				n.b.ReadFrame(f)
			}
			what := fmt.Sprintf("%d ms, stall %v", frames*20, stall)
			stats := n.b.Stats()
			if lost := stats.Discarded > 0; lost != stall || stats.Late > 3 || stats.Concealed > uint64(10+frames) {
				t.Errorf("%s: %+v", what, stats)
			}
			if depth := n.b.playout.depth(); depth > frames*20+60 {
				t.Errorf("%s: %d ms wait in the end", what, depth)
			}
		}
	}
}

// TestLongPacketsAreOne: their parts neither begin a talk spurt sooner than a packet of 20 ms does,
// nor have another time.
func TestLongPacketsAreOne(t *testing.T) {
	s, _ := listener(t)
	frame := make([]int16, 160)
	for i := range 30 {
		if i%10 == 0 {
			packet := make([]byte, headerSize+1600)
			header{sequence: uint16(i / 10), timestamp: uint32(i * 160), ssrc: 1}.put(packet)
			s.stream.reading = int64(i+1) * int64(frameTime)
			s.stream.adopt()
			s.stream.receivePacket(packet, s.stream.reading)
		}
		s.ReadFrame(frame)
		if i == 0 && s.stream.playout.started {
			t.Error("the first is played in the moment in which it comes")
		}
		if got := s.stream.packetMillis; i > 1 && got != 200 {
			t.Fatalf("frame %d is of a packet of %d ms", i, got)
		}
	}
}
