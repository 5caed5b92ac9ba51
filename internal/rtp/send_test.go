//go:build linux && !portable

package rtp

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/sdp"
)

// packets takes what has come to a raw peer, without RTCP.
func (s rawPeer) packets(t *testing.T) (headers []header, sizes []int) {
	t.Helper()
	in := newBatch()
	for n := s.receive(in); n > 0; n = s.receive(in) {
		for i := range n {
			packet := in.data[i][:max(in.size[i], 0)]
			if h, payload, ok := parse(packet); !ok {
				t.Fatalf("% x is no RTP", packet)
			} else if !isRTCP(packet) {
				headers, sizes = append(headers, h), append(sizes, len(payload))
			}
		}
	}
	return headers, sizes
}

func TestPacketsHaveTheLengthThatThePeerWants(t *testing.T) {
	for _, test := range []struct {
		ptime time.Duration
		want  int // bytes
	}{
		{0, 160}, {10 * time.Millisecond, 80}, {20 * time.Millisecond, 160}, {30 * time.Millisecond, 240}, {40 * time.Millisecond, 320},
		{60 * time.Millisecond, 480}, {5 * time.Millisecond, 80}, {200 * time.Millisecond, 480}, {24 * time.Millisecond, 160},
	} {
		for _, c := range codec.All {
			a, peer := open(t), newRawPeer(t)
			m := media(a)
			m.Remote, m.PTime = peer.at, test.ptime
			use(&m, c)
			a.SetMedia(m)
			speak(a, open(t), audio.NewOscillator(-10, 1000), 8000, 60)
			headers, sizes := peer.packets(t)
			if want := 60 * 160 / test.want; len(sizes) != want {
				t.Errorf("%s, %v: %d packets, want %d", c.Name, test.ptime, len(sizes), want)
			}
			for i := range sizes {
				if sizes[i] != test.want || headers[i].marker != (i == 0) ||
					headers[i].timestamp != headers[0].timestamp+uint32(i*test.want) || headers[i].sequence != headers[0].sequence+uint16(i) {
					t.Fatalf("%s, %v: packet %d is %+v with %d bytes", c.Name, test.ptime, i, headers[i], sizes[i])
				}
			}
		}
	}
}

func TestEveryPacketLengthIsUnderstood(t *testing.T) {
	for ptime := 10; ptime <= 60; ptime += 10 {
		a, b := pair(t, func(m *sdp.Media) { m.PTime = time.Duration(ptime) * time.Millisecond })
		heard := speak(a, b, audio.NewOscillator(-10, 300), 8000, 100)
		if stats := b.Stats(); stats.Lost+stats.Late+stats.Concealed+stats.Discarded > 0 {
			t.Errorf("%d ms: %+v", ptime, stats)
		}
		if share := audiotest.Goertzel(heard[1600:], 8000, 300); share < 0.97 {
			t.Errorf("%d ms: heard %s", ptime, audiotest.Describe(heard, 8000))
		}
	}
}

// What waits for the rest of its packet goes out before the first packet of a
// tone, whose timestamp follows it.
func TestToneCutsAPacketShort(t *testing.T) {
	a, peer := open(t), newRawPeer(t)
	m := media(a)
	m.Remote, m.PTime = peer.at, 40*time.Millisecond
	a.SetMedia(m)
	l := &line{a: a, b: open(t)}
	l.tick(nil, 3)
	if err := l.press(t, context.Background(), "5", nil); err != nil {
		t.Fatal(err)
	}
	l.tick(nil, 8)
	headers, sizes := peer.packets(t)
	for i, h := range headers {
		if h.payloadType != m.Sending.Events[0].PayloadType {
			continue
		}
		before := headers[i-1]
		if before.timestamp+uint32(sizes[i-1]) != h.timestamp || sizes[i-1] != 160 {
			t.Errorf("%d bytes from %d before the tone at %d", sizes[i-1], before.timestamp, h.timestamp)
		}
		return
	}
	t.Error("no tone was sent")
}

func TestReportsShareThePortIfAgreed(t *testing.T) {
	for _, mux := range []bool{false, true} {
		a, b := pair(t, func(m *sdp.Media) { m.RTCPMux = mux })
		l := &line{a: a, b: b}
		l.tick(audio.NewOscillator(-10, 1000), 2*reportTicks)
		want := a.LocalAddr().Port()
		if !mux {
			want++
		}
		if got := b.rtcpFrom.Port(); got != want {
			t.Errorf("mux %v: reports come from port %d, want %d", mux, got, want)
		}
		if stats := b.Stats(); stats.Malformed+stats.Ignored > 0 || stats.RemoteMOS == 0 {
			t.Errorf("mux %v: %+v", mux, stats)
		}
	}
}

func BenchmarkPacketLengths(b *testing.B) {
	for ptime := 10; ptime <= 40; ptime += 10 {
		b.Run(fmt.Sprint(ptime), func(b *testing.B) {
			one, other := pair(b, func(m *sdp.Media) { m.PTime = time.Duration(ptime) * time.Millisecond })
			var frame, said [160]int16
			audio.NewOscillator(-10, 1000).ReadFrame(said[:])
			b.ReportAllocs()
			for b.Loop() {
				one.ReadFrame(frame[:])
				one.WriteFrame(said[:])
				one, other = other, one
			}
		})
	}
}
