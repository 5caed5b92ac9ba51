package rtp

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/sdp"
)

// lossy is an Output that loses packets on the way to a stream.
type lossy struct {
	t        testing.TB
	to       *Stream
	lost     func() bool
	now      time.Time
	kinds    map[uint8]int // packets by payload type
	bytes    int
	lastSent []byte
	swap     bool   // the next packet comes after the one that follows it
	held     []byte // that packet
}

func (l *lossy) SendRTP(packet []byte) (int, error) {
	h, payload, ok := parse(packet)
	if !ok {
		l.t.Error("no RTP is sent")
	}
	l.kinds[h.payloadType]++
	l.bytes += len(packet)
	l.lastSent = append(l.lastSent[:0], payload...)
	switch {
	case l.swap:
		l.swap, l.held = false, bytes.Clone(packet)
	case !l.lost():
		l.to.Receive(packet, l.now)
		if l.held != nil {
			l.to.Receive(l.held, l.now)
			l.held = nil
		}
	}
	return len(packet), nil
}

func (l *lossy) SendRTCP(packet []byte) { l.to.Receive(packet, l.now) }

// redundantPair is two streams in Opus of which one sends to the other over a line that
// loses a share of its packets; number is the payload type of redundant audio data, 0: none.
func redundantPair(t testing.TB, number uint8, share float64) (speaker, listener *Stream, way *lossy) {
	t.Helper()
	if err := codec.OpusMissing(); err != nil {
		t.Skip(err)
	}
	random := rand.New(rand.NewPCG(3, 4))
	way = &lossy{t: t, lost: func() bool { return random.Float64() < share }, now: time.Unix(1000, 0), kinds: map[uint8]int{}}
	back := &lossy{t: t, lost: func() bool { return false }, now: time.Unix(1000, 0), kinds: map[uint8]int{}}
	speaker, listener = NewStream(StreamConfig{Output: way, Discontinuous: true}), NewStream(StreamConfig{Output: back})
	way.to, back.to = listener, speaker
	m := sdp.Media{Send: true, Receive: true}
	use(&m, codec.Opus)
	m.Sending.Codecs[0].Opus.Redundant = true
	m.Sending.Redundant, m.Receiving.Redundant = number, number
	speaker.SetMedia(m)
	listener.SetMedia(m)
	speaker.adopt()
	listener.adopt()
	return speaker, listener, way
}

// converse lets the speaker be heard for some frames, with a report every second.
func converse(speaker, listener *Stream, way *lossy, source audio.Source, frames int) {
	frame, heard := make(audio.Frame, 320), make(audio.Frame, 320)
	for i := range frames {
		way.now = way.now.Add(20 * time.Millisecond)
		speaker.ReadFrame(heard)
		if source.ReadFrame(frame) {
			speaker.WriteFrame(frame)
		} else {
			speaker.WriteFrame(nil)
		}
		listener.ReadFrame(heard)
		listener.WriteFrame(nil)
		if i%50 == 49 {
			listener.Report(way.now)
		}
	}
}

// TestCopiesTakeThePlaceOfLostPackets asks that of a twentieth of lost packets hardly any
// is heard where the peer takes copies, and that all are without.
func TestCopiesTakeThePlaceOfLostPackets(t *testing.T) {
	concealed := func(number uint8) float64 {
		speaker, listener, way := redundantPair(t, number, 0.05)
		converse(speaker, listener, way, audio.NewOscillator(-10, 1000), 1000) // the delay grows meanwhile
		before := listener.Stats()
		converse(speaker, listener, way, audio.NewOscillator(-10, 1000), 5000)
		after := listener.Stats()
		t.Logf("%d: %d lost, %d recovered, %d frames concealed, depth %v, MOS %.2f, %d bytes, by kind %v", number, after.Lost-before.Lost,
			after.Recovered-before.Recovered, after.Concealed-before.Concealed, after.Depth, after.MOS, way.bytes, way.kinds)
		if after.Malformed+after.Ignored > 0 {
			t.Errorf("%+v", after)
		}
		return float64(after.Concealed-before.Concealed) / 5000
	}
	if share := concealed(63); share > 0.005 {
		t.Errorf("with copies %.1f %% of the frames are made up", 100*share)
	}
	if share := concealed(0); share < 0.03 {
		t.Errorf("without copies %.1f %% of the frames are made up: the test proves nothing", 100*share)
	}
}

// TestOvertakenPacketsAreNotLost: a packet that comes after its copy has not been recovered.
func TestOvertakenPacketsAreNotLost(t *testing.T) {
	speaker, listener, way := redundantPair(t, 63, 0)
	tone := audio.NewOscillator(-10, 1000)
	for range 5 {
		way.swap = true
		speaker.protection.lost, speaker.protection.clean = 2, 0
		converse(speaker, listener, way, tone, 8)
	}
	if stats := listener.Stats(); stats.Duplicates == 0 || stats.Recovered+stats.Late > 0 || stats.Lost > 0 {
		t.Errorf("%+v", stats)
	}
}

// TestFurtherCopiesDelayNothing: of two copies of a lost packet the second comes when it
// has been played, and is no reason to wait longer.
func TestFurtherCopiesDelayNothing(t *testing.T) {
	speaker, listener, way := redundantPair(t, 63, 0.2)
	speaker.protection.reported = true
	tone, depth := audio.NewOscillator(-10, 1000), 0
	for range 4000 {
		speaker.protection.lost, speaker.protection.clean = 6, 0
		converse(speaker, listener, way, tone, 1)
		depth += listener.playout.depth()
	}
	if depth /= 4000; depth > 42 {
		t.Errorf("the mean delay is %d ms", depth)
	}
}

// TestCopiesFollowTheLosses asks that copies are sent while packets are lost, two where
// many are, and none where none is.
func TestCopiesFollowTheLosses(t *testing.T) {
	speaker, listener, way := redundantPair(t, 63, 0)
	tone := audio.NewOscillator(-10, 1000)
	copiesSent := func() int {
		way.kinds = map[uint8]int{}
		converse(speaker, listener, way, tone, 10)
		if way.kinds[63] == 0 {
			return 0
		}
		b, ok := splitRedundant(way.lastSent)
		if !ok || way.kinds[63] < 9 {
			t.Fatalf("sent %v, the last of them %x", way.kinds, way.lastSent)
		}
		return b.n - 1
	}
	if n := copiesSent(); n != 1 {
		t.Errorf("before the first report %d copies", n)
	}
	for _, step := range []struct {
		name     string
		fraction uint8
		reports  int
		want     int
	}{
		{"a clean line", 0, 1, 0}, {"3 %", 8, 1, 1}, {"10 %", 26, 1, 2}, {"a clean report", 0, 1, 2}, {"three of them", 0, 2, 0},
	} {
		for range step.reports {
			speaker.protection.hear(step.fraction)
		}
		if n := copiesSent(); n != step.want {
			t.Errorf("%s: %d copies, want %d", step.name, n, step.want)
		}
		if speaker.encoder.lost != 0 {
			t.Errorf("%s: the encoder protects as well, against %d %%", step.name, speaker.encoder.lost)
		}
	}
}

// TestCopiesEndWithAPause: what was said before a pause is too old to be copied after it.
func TestCopiesEndWithAPause(t *testing.T) {
	speaker, listener, way := redundantPair(t, 63, 0)
	converse(speaker, listener, way, audio.NewOscillator(-10, 1000), 10)
	way.kinds = map[uint8]int{}
	converse(speaker, listener, way, silence{}, 200)
	converse(speaker, listener, way, audio.NewOscillator(-10, 1000), 1)
	b, ok := splitRedundant(way.lastSent)
	if way.kinds[63] > silenceSent || ok && b.n > 1 && b.list[0].offset > 10*960 {
		t.Errorf("sent %v, the last of it %x", way.kinds, way.lastSent)
	}
	if stats := listener.Stats(); stats.Malformed+stats.Lost+stats.Recovered+stats.Late > 0 {
		t.Errorf("%+v", stats)
	}
}

type silence struct{}

func (silence) ReadFrame(audio.Frame) bool { return false }

func TestRedundantFramesDoNotAllocate(t *testing.T) {
	speaker, listener, way := redundantPair(t, 63, 0.1)
	tone := audio.NewOscillator(-10, 1000)
	converse(speaker, listener, way, tone, 200)
	frame := make(audio.Frame, 320)
	tone.ReadFrame(frame)
	if n := testing.AllocsPerRun(500, func() {
		way.now = way.now.Add(20 * time.Millisecond)
		speaker.WriteFrame(frame)
		listener.ReadFrame(frame)
	}); n > poolAllocations {
		t.Errorf("%v allocations a frame", n)
	}
}

func TestRedundantPayloadsAreSplit(t *testing.T) {
	good := []byte{0x80 | 111, 960 >> 6, 960 & 0x3f << 2, 3, 111, 'o', 'l', 'd', 'n', 'e', 'w'}
	b, ok := splitRedundant(good)
	if !ok || b.n != 2 || b.list[0].offset != 960 || string(b.list[0].payload) != "old" || string(b.list[1].payload) != "new" || b.list[0].payloadType != 111 {
		t.Errorf("%v %+v", ok, b)
	}
	for name, payload := range map[string][]byte{
		"nothing": nil, "half a head": good[:3], "no primary": good[:4], "a copy cut short": good[:7],
		"too many": append(bytes.Repeat([]byte{0xef, 0, 0, 0}, mostBlocks), 111),
	} {
		if b, ok := splitRedundant(payload); ok {
			t.Errorf("%s: %+v", name, b)
		}
	}
	if b, ok := splitRedundant([]byte{111}); !ok || b.n != 1 || len(b.list[0].payload) != 0 {
		t.Errorf("an empty primary: %v %+v", ok, b)
	}
}

// FuzzSplitRedundant asks that what is taken apart was there, in order.
func FuzzSplitRedundant(f *testing.F) {
	f.Add([]byte{0x80 | 111, 15, 0, 3, 111, 'o', 'l', 'd', 'n', 'e', 'w'})
	f.Add([]byte{111, 1, 2})
	f.Fuzz(func(t *testing.T, payload []byte) {
		b, ok := splitRedundant(payload)
		if !ok {
			return
		}
		total := (b.n-1)*copyHead + primaryHead
		for _, one := range b.list[:b.n] {
			total += len(one.payload)
		}
		if total != len(payload) {
			t.Errorf("%d of %d bytes", total, len(payload))
		}
	})
}
