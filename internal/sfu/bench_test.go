package sfu

import (
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"github.com/pion/rtp"

	"github.com/switchhook/switchhook/internal/sfu/sfutest"
)

// forwarding is a layer and its receivers, whose queues the benchmark itself empties.
type forwarding struct {
	layer   *Layer
	clients []*Client
	writers []writer
	packets [][]byte
	now     time.Time
	sent    int
}

func newForwarding(b testing.TB, receivers int) *forwarding {
	f := &forwarding{now: time.Now(), writers: make([]writer, receivers)}
	from := NewClient("ann", &news{})
	from.SetStreams(1, 0)
	f.layer = from.Source(Camera).Open("h", 1, VP8, &encoding{})
	var sinks []*sink
	for range receivers {
		c := NewClient("bob", &news{})
		c.sending.running = true
		c.sending.rate = MaxRate
		c.SetLine(Line{MID: "a", SSRC: 100, RTX: 200, Types: map[Codec]Types{VP8: {96, 97}}, Transport: 3, Write: func(_ *rtp.Header, payload []byte) (int, error) {
			f.sent++
			return len(payload), nil
		}})
		c.sinks[0].give(1, f.layer, f.now)
		f.clients, sinks = append(f.clients, c), append(sinks, c.sinks[0])
	}
	f.layer.setSinks(sinks)
	encoder := sfutest.Encoder{Width: 320, Height: 180, Rate: 500_000}
	for n := range 64 {
		payloads := encoder.Picture(n == 0)
		for i, payload := range payloads {
			p := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: 96, SSRC: 1, Marker: i == len(payloads)-1}, Payload: payload}
			packet, err := p.Marshal()
			if err != nil {
				b.Fatal(err)
			}
			f.packets = append(f.packets, packet)
		}
	}
	return f
}

// pass lets a packet through all of it.
func (f *forwarding) pass(n int) {
	packet := f.packets[n%len(f.packets)]
	binary.BigEndian.PutUint16(packet[2:], uint16(n))
	f.now = f.now.Add(10 * time.Millisecond)
	f.layer.Take(packet, false, f.now)
	for i, c := range f.clients {
		for {
			o, _ := c.next(f.now)
			if o == nil {
				break
			}
			f.writers[i].write(o)
			outs.Put(o)
		}
	}
}

// BenchmarkForward is a packet that comes and goes to some receivers, without sockets.
func BenchmarkForward(b *testing.B) {
	for _, receivers := range []int{1, 4, 24} {
		b.Run(fmt.Sprint(receivers), func(b *testing.B) {
			f := newForwarding(b, receivers)
			for n := range ringPackets {
				f.pass(n)
			}
			f.sent = 0
			b.ReportAllocs()
			b.ResetTimer()
			for n := range b.N {
				f.pass(n + ringPackets)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(max(f.sent, 1)), "ns/sent")
			if f.sent < b.N*receivers*9/10 {
				b.Fatalf("%d of %d packets were sent", f.sent, b.N*receivers)
			}
		})
	}
}

// TestForwardingAllocatesNothing: what a packet needs is there already.
func TestForwardingAllocatesNothing(t *testing.T) {
	f := newForwarding(t, 4)
	n := 0
	for ; n < 2*ringPackets; n++ {
		f.pass(n)
	}
	if got := testing.AllocsPerRun(1000, func() { f.pass(n); n++ }); got > poolAllocations {
		t.Errorf("a packet allocates %v times", got)
	}
	if f.sent == 0 {
		t.Error("nothing was sent")
	}
}

// BenchmarkParse reads the descriptor and the header of a key picture.
func BenchmarkParse(b *testing.B) {
	payload := []byte{0x90, 0xf0, 0x80, 0x05, 0x07, 0x20, 0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01}
	b.ReportAllocs()
	for b.Loop() {
		if p, ok := parseVP8(payload); !ok || !p.key {
			b.Fatal("not read")
		}
	}
}
