//go:build linux && !portable

// Elsewhere a goroutine reads ahead, so a packet is not there at the next line.

package rtp

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/sdp"
)

func open(t testing.TB) *Session {
	t.Helper()
	s, err := testPorts.Open(Holder{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	s.reportPhase = 1 // else a report may come before the first packet, by chance, and is ignored
	return s
}

var testPorts = NewPorts(Config{Low: 21000, High: 21999})

func media(to *Session) sdp.Media {
	return sdp.Media{
		Remote: to.LocalAddr(), Send: true, Receive: true,
		Sending: formatsOf(codec.PCMU), Receiving: formatsOf(codec.PCMU),
	}
}

// pair is two sessions that talk to each other.
func pair(t testing.TB, change ...func(*sdp.Media)) (a, b *Session) {
	t.Helper()
	a, b = open(t), open(t)
	forA, forB := media(b), media(a)
	for _, c := range change {
		c(&forA)
		c(&forB)
	}
	a.SetMedia(forA)
	b.SetMedia(forB)
	return a, b
}

// line ticks a pair: what source says goes into a, what b hears comes back.
type line struct {
	a, b  *Session
	frame [160]int16
	heard []int16
}

func (l *line) tick(source audio.Source, frames int) {
	for range frames {
		l.a.ReadFrame(l.frame[:])
		if source != nil && source.ReadFrame(l.frame[:]) {
			l.a.WriteFrame(l.frame[:])
		} else {
			l.a.WriteFrame(nil)
		}
		if !l.b.ReadFrame(l.frame[:]) {
			clear(l.frame[:])
		}
		l.heard = append(l.heard, l.frame[:]...)
		l.b.WriteFrame(nil)
	}
}

func TestVoiceArrives(t *testing.T) {
	for _, c := range codec.All {
		a, b := pair(t, with(c))
		l := &line{a: a, b: b}
		l.tick(audio.NewOscillator(-10, 1000), 50)
		if share := audiotest.Goertzel(l.heard[800:], 8000, 1000); share < 0.95 {
			t.Errorf("%s: heard %s", c.Name, audiotest.Describe(l.heard, 8000))
		}
		stats := b.Stats()
		if stats.Received < 48 || stats.Lost+stats.Late+stats.Duplicates+stats.Concealed != 0 {
			t.Errorf("%s: %+v", c.Name, stats)
		}
		if stats.LastPacket.IsZero() || stats.Remote != a.LocalAddr() {
			t.Errorf("%s: last packet %v from %v", c.Name, stats.LastPacket, stats.Remote)
		}
	}
}

func TestNothingIsSentBeforeMediaNorOnHold(t *testing.T) {
	a, b := open(t), open(t)
	b.SetMedia(media(a))
	l := &line{a: a, b: b}
	l.tick(audio.NewOscillator(-10, 1000), 5)
	if n := a.Stats().Sent; n != 0 {
		t.Errorf("%d packets sent without media", n)
	}
	held := media(b)
	held.Send = false
	a.SetMedia(held)
	l.tick(audio.NewOscillator(-10, 1000), 5)
	if n := a.Stats().Sent; n != 0 {
		t.Errorf("%d packets sent on hold", n)
	}
	a.SetMedia(media(b))
	l.tick(audio.NewOscillator(-10, 1000), 5)
	if n := a.Stats().Sent; n != 5 {
		t.Errorf("%d packets sent after hold, want 5", n)
	}
	if lost := b.Stats().Lost; lost != 0 {
		t.Errorf("hold looks like the loss of %d packets", lost)
	}
}

func TestHeldSessionHearsNothing(t *testing.T) {
	a, b := pair(t)
	held := media(a)
	held.Receive = false
	b.SetMedia(held)
	l := &line{a: a, b: b}
	l.tick(audio.NewOscillator(-10, 1000), 20)
	for _, sample := range l.heard {
		if sample != 0 {
			t.Fatal("a voice is heard on hold")
		}
	}
	b.SetMedia(media(a))
	l.heard = nil
	l.tick(audio.NewOscillator(-10, 1000), 20)
	if share := audiotest.Goertzel(l.heard[800:], 8000, 1000); share < 0.95 {
		t.Errorf("after hold: %s", audiotest.Describe(l.heard, 8000))
	}
	if depth := b.stream.playout.depth(); depth > 60 {
		t.Errorf("%d ms wait after hold", depth)
	}
}

func TestFramesDoNotAllocate(t *testing.T) {
	a, b := pair(t)
	l := &line{a: a, b: b}
	tone := audio.NewOscillator(-10, 1000)
	l.tick(tone, 10)
	l.heard = make([]int16, 0, 1<<20)
	if n := testing.AllocsPerRun(600, func() { l.tick(tone, 1) }); n != 0 { // RTCP included
		t.Errorf("%v allocations a frame of both", n)
	}
	if b.Stats().Received < 600 || b.stream.counters.remoteLost.Load() != 0 {
		t.Errorf("%+v", b.Stats())
	}
}

func TestClosedSessionLetsEverybodyGo(t *testing.T) {
	a, _ := pair(t)
	used := testPorts.InUse()
	waiting := make(chan error, 1)
	go func() { waiting <- a.SendTones(context.Background(), []byte("1")) }()
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Errorf("closing again: %v", err)
	}
	if err := <-waiting; !errors.Is(err, net.ErrClosed) {
		t.Errorf("SendTones returned %v", err)
	}
	var frame [160]int16
	if a.ReadFrame(frame[:]) {
		t.Error("a closed session speaks")
	}
	a.WriteFrame(frame[:])
	if now := testPorts.InUse(); now != used-1 {
		t.Errorf("%d pairs in use, before %d", now, used)
	}
}

func TestBothSidesReport(t *testing.T) {
	a, b := pair(t)
	l := &line{a: a, b: b}
	l.tick(audio.NewOscillator(-10, 1000), 3*reportTicks)
	for _, s := range []*Session{a, b} {
		stats := s.Stats()
		if s.stream.control.lastReport == 0 || s.rtcpFrom.Port() == 0 {
			t.Errorf("no sender report came: %+v", stats)
		}
		if !s.latch.from.IsValid() || stats.Malformed != 0 || stats.Ignored != 0 {
			t.Errorf("%+v", stats)
		}
	}
}

// Reports wait up to 200 ms to be read, so the time of their arrival counts.
func TestRoundTripIsWithoutThePeersDelay(t *testing.T) {
	a, b := pair(t)
	(&line{a: a, b: b}).tick(nil, 3)
	said := time.Unix(1_800_000_000, 0)
	var packet [128]byte
	n := putReport(packet[:], b.stream.out.header.ssrc, b.stream.control.name, nil, &report{
		ssrc: a.stream.out.header.ssrc, lost: 3, jitter: 80, lastReport: uint32(ntp(said) >> 16), delay: 65536,
	})
	a.takeReport(packet[:n], b.LocalAddr(), said.Add(1080*time.Millisecond).UnixNano())
	stats := a.Stats()
	if off := stats.RoundTrip - 80*time.Millisecond; off.Abs() > time.Millisecond {
		t.Errorf("round trip %v, want 80ms", stats.RoundTrip)
	}
	if stats.RemoteLost != 3 || stats.RemoteJitter != 10*time.Millisecond {
		t.Errorf("%+v", stats)
	}
	elsewhere := netip.MustParseAddrPort("192.0.2.1:4001")
	a.takeReport(packet[:n], elsewhere, said.Add(9*time.Second).UnixNano())
	if a.Stats().RoundTrip != stats.RoundTrip || a.Stats().Ignored != 1 {
		t.Errorf("a stranger's report is believed: %+v", a.Stats())
	}
}

// rawPeer is a socket that sends what it likes.
type rawPeer struct {
	*socket
	at netip.AddrPort
}

func newRawPeer(t testing.TB) rawPeer {
	t.Helper()
	for port := uint16(22001); port < 22200; port += 2 {
		at := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), port)
		if s, _, err := listen(at); err == nil {
			t.Cleanup(func() { _ = s.close() })
			return rawPeer{s, at}
		}
	}
	t.Fatal("no port is free")
	return rawPeer{}
}

func (s rawPeer) say(t *testing.T, h header, payload []byte, to *Session) {
	t.Helper()
	packet := make([]byte, headerSize, headerSize+len(payload))
	h.put(packet)
	if err := s.send(append(packet, payload...), to.LocalAddr()); err != nil {
		t.Fatal(err)
	}
}

func TestPeerBehindNATIsAnsweredWhereItSendsFrom(t *testing.T) {
	a := open(t)
	m := media(a)
	m.Remote = netip.MustParseAddrPort("127.0.0.1:9") // what it believes to be
	a.SetMedia(m)
	peer := newRawPeer(t)
	var frame [160]int16
	for i := range 3 {
		peer.say(t, header{sequence: uint16(i), timestamp: uint32(160 * i), ssrc: 7}, make([]byte, 160), a)
		a.ReadFrame(frame[:])
		a.WriteFrame(nil)
	}
	if n := peer.receive(newBatch()); n != 2 {
		t.Errorf("the peer got %d packets, want 2: those after it was believed", n)
	}
	if a.Stats().Remote != peer.at {
		t.Errorf("learnt %v, want %v", a.Stats().Remote, peer.at)
	}
}

func TestOtherPayloadTypesAndGarbageAreCounted(t *testing.T) {
	a, b := pair(t)
	l := &line{a: a, b: b}
	l.tick(audio.NewOscillator(-10, 1000), 10)
	odd := newRawPeer(t)
	odd.say(t, header{payloadType: 77, ssrc: 7}, make([]byte, 160), b)
	for _, garbage := range [][]byte{{}, {0x80}, make([]byte, 12), make([]byte, 1200)} {
		if err := odd.send(garbage, b.LocalAddr()); err != nil {
			t.Fatal(err)
		}
	}
	l.tick(audio.NewOscillator(-10, 1000), 2)
	if s := b.Stats(); s.Ignored != 1 || s.Malformed != 4 || s.Remote != a.LocalAddr() {
		t.Errorf("%+v", s)
	}
}

func TestSixthVersionAddressesWork(t *testing.T) {
	ports := NewPorts(Config{Low: 22340, High: 22349, Bind: netip.IPv6Loopback()})
	a, err := ports.Open(Holder{})
	if err != nil {
		t.Skipf("this machine has no IPv6: %v", err)
	}
	defer a.Close()
	b, err := ports.Open(Holder{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	a.SetMedia(media(b))
	b.SetMedia(media(a))
	(&line{a: a, b: b}).tick(nil, 5)
	if b.Stats().Received != 5 || b.Stats().Remote != a.LocalAddr() {
		t.Errorf("%+v", b.Stats())
	}
}

func BenchmarkFramePair(b *testing.B) {
	one, other := pair(b)
	tone := audio.NewOscillator(-10, 1000)
	var frame, said [160]int16
	tone.ReadFrame(said[:])
	b.ReportAllocs()
	for b.Loop() { // one leg's tick: a packet read, a packet sent
		one.ReadFrame(frame[:])
		one.WriteFrame(said[:])
		one, other = other, one
	}
}

func TestLossAndComfortNoiseAreCounted(t *testing.T) {
	a, peer := open(t), newRawPeer(t)
	m := media(a)
	m.Remote = peer.at
	a.SetMedia(m)
	voice := talk(2, 20, 0)
	var frame [160]int16
	for i := range 100 {
		h := voice[i].header
		h.payloadType = m.Sending.Codecs[0].PayloadType
		switch {
		case i == 20: // lost
		case i < 40:
			peer.say(t, h, voice[i].payload, a)
		case i == 40:
			h.payloadType = noisePayloadType
			peer.say(t, h, []byte{35}, a)
		}
		a.ReadFrame(frame[:])
	}
	if s := a.Stats(); s.Concealed == 0 || s.Concealed > 2 || s.Comfort < 50 || s.Ignored+s.Malformed > 0 {
		t.Errorf("%+v", s)
	}
	held := m
	held.Receive = false
	a.SetMedia(held)
	a.ReadFrame(frame[:])
	a.SetMedia(m)
	if a.ReadFrame(frame[:]) {
		t.Error("the noise goes on after a hold")
	}
}

// TestFramesThatCannotBeSentAreCounted: those of a peer that wants none, and not those
// that it gets.
func TestFramesThatCannotBeSentAreCounted(t *testing.T) {
	for _, sends := range []bool{false, true} {
		a, b := pair(t, func(m *sdp.Media) { m.Send = sends })
		l := &line{a: a, b: b}
		l.tick(audio.NewOscillator(-10, 500), 10)
		if sent, withheld := a.Carried(); sends != (sent >= 10) || sends != (withheld == 0) {
			t.Errorf("it wants sound: %t; %d packets were sent, %d frames were not", sends, sent, withheld)
		}
	}
}
