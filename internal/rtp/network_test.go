package rtp

import (
	"bytes"
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/sdp"
)

// route is one direction of a network in memory: an Output that loses, delays and
// reorders packets, by seed.
type route struct {
	now    time.Time
	random *rand.Rand
	loss   float64       // share of the packets
	delay  time.Duration // of every packet
	jitter time.Duration // at most, on top of that: packets overtake each other
	sent   []delayed
	lost   int

	gilbert *gilbert // which loses packets instead; nil: the seed does
}

type delayed struct {
	packet []byte
	at     time.Time
}

func (r *route) SendRTP(packet []byte) (int, error) {
	if r.gilbert == nil && r.random.Float64() < r.loss || r.gilbert != nil && r.gilbert.loses() {
		r.lost++
		return len(packet), nil
	}
	r.SendRTCP(packet)
	return len(packet), nil
}

func (r *route) SendRTCP(packet []byte) {
	late := r.delay + time.Duration(r.random.Float64()*float64(r.jitter))
	r.sent = append(r.sent, delayed{bytes.Clone(packet), r.now.Add(late)})
}

// deliver gives a stream what has arrived until now, in the order of arrival.
func (r *route) deliver(to *Stream) {
	for {
		first := -1
		for i := range r.sent {
			if !r.sent[i].at.After(r.now) && (first < 0 || r.sent[i].at.Before(r.sent[first].at)) {
				first = i
			}
		}
		if first < 0 {
			return
		}
		to.Receive(r.sent[first].packet, r.sent[first].at)
		r.sent = append(r.sent[:first], r.sent[first+1:]...)
	}
}

// network is two streams and the routes between them.
type network struct {
	a, b   *Stream
	ab, ba route
	tick   int
}

func newNetwork(seed uint64, change func(*route), codecs ...codec.Codec) *network {
	n := &network{}
	for i, r := range []*route{&n.ab, &n.ba} {
		r.random, r.now = rand.New(rand.NewPCG(seed, uint64(i))), time.Unix(1_800_000_000, 0)
		change(r)
	}
	n.a, n.b = NewStream(StreamConfig{Output: &n.ab}), NewStream(StreamConfig{Output: &n.ba})
	m := sdp.Media{Send: true, Receive: true}
	use(&m, codecs...)
	n.a.SetMedia(m)
	n.b.SetMedia(m)
	return n
}

// run lets time go on. What a source says goes into a; what b hears comes back.
func (n *network) run(source audio.Source, rate, frames int) (heard []int16) {
	f := make(audio.Frame, rate/50)
	for range frames {
		n.ab.now, n.ba.now = n.ab.now.Add(audio.FrameDuration), n.ba.now.Add(audio.FrameDuration)
		n.ab.deliver(n.b)
		n.ba.deliver(n.a)
		n.a.ReadFrame(f)
		if source != nil && source.ReadFrame(f) {
			n.a.WriteFrame(f)
		} else {
			n.a.WriteFrame(nil)
		}
		if !n.b.ReadFrame(f) {
			clear(f)
		}
		heard = append(heard, f...)
		n.b.WriteFrame(nil)
		if n.tick++; n.tick%50 == 0 { // often, so that the test is short
			n.a.Report(n.ab.now)
			n.b.Report(n.ba.now)
		}
	}
	return heard
}

// TestStreamsTalkByMemoryAlone lets two streams talk over networks of all kinds, without
// socket, goroutine or clock: what arrives is heard, what does not is concealed and
// counted, and both learn from reports how the other hears them.
func TestStreamsTalkByMemoryAlone(t *testing.T) {
	const seconds = 5
	codecs := []codec.Codec{codec.PCMU, codec.G722}
	if codec.OpusMissing() == nil {
		codecs = append(codecs, codec.Opus)
	}
	for _, test := range []struct {
		name   string
		change func(*route)
		most   uint64 // concealed frames
	}{
		{"clean", func(*route) {}, 0},
		{"far away", func(r *route) { r.delay = 70 * time.Millisecond }, 0},
		{"3 % loss", func(r *route) { r.loss = 0.03 }, seconds * 50 / 20},
		{"15 ms of jitter", func(r *route) { r.jitter = 15 * time.Millisecond }, 10},
		{"70 ms of jitter: packets overtake each other", func(r *route) { r.jitter = 70 * time.Millisecond }, 20},
		{"all at once", func(r *route) {
			r.loss, r.delay, r.jitter = 0.02, 40*time.Millisecond, 50*time.Millisecond
		}, seconds * 50 / 20},
	} {
		for _, c := range codecs {
			n := newNetwork(7, test.change, c)
			heard := n.run(audio.NewOscillator(-10, tone), 16000, seconds*50)
			stats, there := n.b.Stats(), n.a.Stats()
			if share := audiotest.Goertzel(heard[16000:16000+16000], 16000, tone); share < 0.8 {
				t.Errorf("%s, %s: heard %s", test.name, c.Name, audiotest.Describe(heard[16000:32000], 16000))
			}
			if stats.Concealed > test.most || stats.Late > 3 || stats.Malformed+stats.Ignored+stats.Discarded > 0 {
				t.Errorf("%s, %s: %+v", test.name, c.Name, stats)
			}
			if off := int(stats.Lost) - n.ab.lost; off < -2 || off > 3 { // the last ones may be under way
				t.Errorf("%s, %s: %d lost, counted %d", test.name, c.Name, n.ab.lost, stats.Lost)
			}
			if n.ab.lost > 0 && there.RemoteLost == 0 || there.RemoteMOS == 0 {
				t.Errorf("%s, %s: a does not learn how it is heard: %+v", test.name, c.Name, there)
			}
			trip := 2*n.ab.delay + n.ab.jitter
			if off := there.RoundTrip - trip; off.Abs() > n.ab.jitter+30*time.Millisecond {
				t.Errorf("%s, %s: a round trip of %v, want about %v", test.name, c.Name, there.RoundTrip, trip)
			}
			if depth := n.b.playout.depth(); depth > 40+int(n.ab.jitter.Milliseconds())+60 {
				t.Errorf("%s, %s: %d ms wait", test.name, c.Name, depth)
			}
		}
	}
}

// TestKeysCrossALossyNetwork asks that each key is told once, whichever of its packets
// are lost.
func TestKeysCrossALossyNetwork(t *testing.T) {
	n := newNetwork(3, func(r *route) { r.loss, r.jitter = 0.2, 30*time.Millisecond }, codec.PCMU)
	var got []byte
	n.b.OnTone(func(key byte) { got = append(got, key) })
	n.run(nil, 8000, 5)
	done := make(chan error, 1)
	go func() { done <- n.a.SendTones(context.Background(), []byte("0123456789*#11")) }()
	for n.a.tones.pending.Load() == nil && t.Context().Err() == nil {
		time.Sleep(time.Millisecond)
	}
	n.run(nil, 8000, 14*pressTicks+20)
	if err := <-done; err != nil || string(got) != "0123456789*#11" {
		t.Errorf("told %q, %v", got, err)
	}
}

// straight is an Output that gives its packets to a stream at once.
type straight struct {
	to *Stream
	at time.Time
}

func (s *straight) SendRTP(packet []byte) (int, error) {
	s.to.Receive(packet, s.at)
	return len(packet), nil
}

func (s *straight) SendRTCP(packet []byte) { s.to.Receive(packet, s.at) }

// straightPair is two streams that talk to each other without a network.
func straightPair(codecs ...codec.Codec) (a, b *Stream, clock func()) {
	toB, toA := &straight{at: time.Unix(1_800_000_000, 0)}, &straight{at: time.Unix(1_800_000_000, 0)}
	a, b = NewStream(StreamConfig{Output: toB}), NewStream(StreamConfig{Output: toA, SSRC: 42})
	toA.to, toB.to = a, b
	m := sdp.Media{Send: true, Receive: true}
	use(&m, codecs...)
	a.SetMedia(m)
	b.SetMedia(m)
	return a, b, func() {
		toA.at, toB.at = toA.at.Add(audio.FrameDuration), toB.at.Add(audio.FrameDuration)
	}
}

func TestStreamsDoNotAllocate(t *testing.T) {
	a, b, clock := straightPair(codec.PCMU)
	f, now := make(audio.Frame, 160), time.Unix(1_800_000_000, 0)
	audio.NewOscillator(-10, 500).ReadFrame(f)
	a.ReadFrame(make(audio.Frame, 160))
	b.ReadFrame(make(audio.Frame, 160))
	if n := testing.AllocsPerRun(300, func() {
		clock()
		a.WriteFrame(f)
		b.WriteFrame(f)
		a.ReadFrame(f)
		b.ReadFrame(f)
		a.Report(now)
		b.Report(now)
	}); n != 0 {
		t.Errorf("%v allocations a frame of both", n)
	}
	if stats := b.Stats(); stats.Received < 300 || a.numbers.ssrc != 42 {
		t.Errorf("%+v from %d", stats, a.numbers.ssrc)
	}
}

// TestAnotherStreamOfAStreamNeedsARun asks whose packets count where no address tells:
// one odd packet changes nothing, two in a row are another stream.
func TestAnotherStreamOfAStreamNeedsARun(t *testing.T) {
	var n numbering
	for i, step := range []struct {
		ssrc     uint32
		sequence uint16
		want     verdict
	}{
		{1, 65535, started}, {1, 0, newest}, {1, 0, repeated}, {1, 2, newest}, {1, 1, outOfOrder},
		{2, 500, rejected}, {1, 3, newest}, {2, 501, rejected}, {2, 502, started}, {2, 503, newest},
		{2, 30000, rejected}, {2, 504, newest}, {2, 30000, rejected}, {2, 30001, started}, {1, 5, rejected},
	} {
		if got := n.admit(header{ssrc: step.ssrc, sequence: step.sequence}); got != step.want {
			t.Errorf("packet %d: verdict %d, want %d", i, got, step.want)
		}
	}
	if n.expected() != 1 {
		t.Errorf("expected %d packets", n.expected())
	}
}

// TestStreamSaysGoodbyeOnce asks for a BYE at the end, for silence afterwards, and that
// nobody waits any more.
func TestStreamSaysGoodbyeOnce(t *testing.T) {
	n := newNetwork(1, func(*route) {}, codec.PCMU)
	n.run(nil, 8000, 5)
	n.ab.sent = nil
	n.a.Close(n.ab.now)
	n.a.Close(n.ab.now)
	n.a.WriteFrame(nil)
	n.a.Report(n.ab.now)
	if len(n.ab.sent) != 1 {
		t.Fatalf("%d packets are sent", len(n.ab.sent))
	}
	if f, ok := parseRTCP(n.ab.sent[0].packet, 0); !ok || !f.bye {
		t.Errorf("%+v", f)
	}
	if n.a.ReadFrame(make(audio.Frame, 160)) || n.a.SendTones(t.Context(), []byte("1")) == nil {
		t.Error("a closed stream goes on")
	}
}

func BenchmarkStreamPair(b *testing.B) {
	for _, c := range codec.All {
		b.Run(c.Name, func(b *testing.B) {
			one, other, clock := straightPair(c)
			said, heard := make(audio.Frame, c.Samples()), make(audio.Frame, c.Samples())
			audio.NewOscillator(-10, 1000).ReadFrame(said)
			one.ReadFrame(heard)
			other.ReadFrame(heard)
			b.ReportAllocs()
			for b.Loop() { // one leg's tick: a packet in, a packet out
				clock()
				one.WriteFrame(said)
				one.ReadFrame(heard)
				one, other = other, one
			}
		})
	}
}
