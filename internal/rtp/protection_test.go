//go:build linux && !portable

package rtp

import (
	"context"
	"testing"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/sdp"
)

// protectedPair is two sessions that talk by SRTP.
func protectedPair(t testing.TB, suite sdp.Suite, change ...func(*sdp.Media)) (a, b *Session, forA, forB sdp.Media) {
	t.Helper()
	a, b = open(t), open(t)
	forA, forB = media(b), media(a)
	one, other := sdp.NewKey(), sdp.NewKey()
	forA.Protection, forB.Protection = sdp.Protection{Suite: suite, Send: one, Receive: other}, sdp.Protection{Suite: suite, Send: other, Receive: one}
	for _, c := range change {
		c(&forA)
		c(&forB)
	}
	a.SetMedia(forA)
	b.SetMedia(forB)
	return a, b, forA, forB
}

func TestProtectedVoiceTonesAndReportsArrive(t *testing.T) {
	for _, suite := range sdp.Suites {
		for _, mux := range []bool{false, true} {
			a, b, _, _ := protectedPair(t, suite, func(m *sdp.Media) { m.RTCPMux = mux })
			var keys []byte
			b.OnTone(func(key byte) { keys = append(keys, key) })
			l := &line{a: a, b: b}
			l.tick(audio.NewOscillator(-10, 1000), 2*reportTicks)
			if share := audiotest.Goertzel(l.heard[800:], 8000, 1000); share < 0.95 {
				t.Errorf("%v: heard %s", suite, audiotest.Describe(l.heard, 8000))
			}
			if err := l.press(t, context.Background(), "42", nil); err != nil || string(keys) != "42" {
				t.Errorf("%v: pressed 42, heard %q, %v", suite, keys, err)
			}
			stats := b.Stats()
			if stats.Forged+stats.Replayed+stats.Malformed+stats.Ignored+stats.Lost > 0 || stats.RemoteMOS == 0 || !b.Summary().Protected {
				t.Errorf("%v: %+v", suite, stats)
			}
		}
	}
}

func TestProtectedSessionBelievesNothingElse(t *testing.T) {
	a, b, _, _ := protectedPair(t, sdp.AES128SHA80)
	l := &line{a: a, b: b}
	l.tick(audio.NewOscillator(-10, 1000), 10)
	odd := newRawPeer(t)
	for i := range 20 {
		odd.say(t, header{sequence: uint16(i), timestamp: uint32(160 * i), ssrc: 7}, make([]byte, 160), b)
		odd.say(t, a.stream.out.header, make([]byte, 170), b)
		l.tick(audio.NewOscillator(-10, 1000), 1)
	}
	stats := b.Stats()
	if stats.Forged != 40 || stats.Remote != a.LocalAddr() || stats.Lost+stats.Concealed > 0 {
		t.Errorf("%+v", stats)
	}
	b.takeReport(make([]byte, 40), a.LocalAddr(), 0)
	if b.Stats().Forged != 41 {
		t.Error("an unprotected report is not counted as forged")
	}
}

func TestReplayedPacketsAreCounted(t *testing.T) {
	a, b, _, _ := protectedPair(t, sdp.AES128SHA80)
	l := &line{a: a, b: b}
	l.tick(nil, 10)
	packet, again := a.stream.out.packet[:headerSize+160], make([]byte, headerSize+160+fullTag)
	again = again[:a.sealer.seal(again, packet)]
	for range 5 {
		if err := a.rtp.send(again, b.LocalAddr()); err != nil {
			t.Fatal(err)
		}
	}
	l.tick(nil, 1)
	if stats := b.Stats(); stats.Replayed != 5 || stats.Duplicates+stats.Forged > 0 {
		t.Errorf("%+v", stats)
	}
}

// A re-INVITE repeats its keys, or brings new ones.
func TestKeysStayOrChangeWithTheMedia(t *testing.T) {
	a, b, forA, forB := protectedPair(t, sdp.AES128SHA80)
	l := &line{a: a, b: b}
	l.tick(nil, 10)
	sealerBefore, openerBefore := a.sealer, b.opener
	forA.Send, forB.Receive = false, false
	a.SetMedia(forA)
	b.SetMedia(forB)
	l.tick(nil, 5)
	forA.Send, forB.Receive = true, true
	a.SetMedia(forA)
	b.SetMedia(forB)
	l.tick(nil, 10)
	if a.sealer != sealerBefore || b.opener != openerBefore {
		t.Error("the same keys begin anew: packets could be replayed, and encrypted twice alike")
	}
	forA.Protection.Send = sdp.NewKey()
	forB.Protection.Receive = forA.Protection.Send
	a.SetMedia(forA)
	b.SetMedia(forB)
	l.tick(nil, 10)
	forA.Protection, forB.Protection = sdp.Protection{}, sdp.Protection{}
	a.SetMedia(forA)
	b.SetMedia(forB)
	l.tick(nil, 10)
	if stats := b.Stats(); stats.Forged+stats.Replayed+stats.Lost+stats.Malformed > 0 || stats.Received < 33 {
		t.Errorf("%+v", stats)
	}
}

func TestProtectedFramesDoNotAllocate(t *testing.T) {
	a, b, _, _ := protectedPair(t, sdp.AES128SHA80)
	l := &line{a: a, b: b}
	tone := audio.NewOscillator(-10, 1000)
	l.tick(tone, 10)
	l.heard = make([]int16, 0, 1<<20)
	if n := testing.AllocsPerRun(600, func() { l.tick(tone, 1) }); n != 0 { // RTCP included
		t.Errorf("%v allocations a frame of both", n)
	}
	if stats := b.Stats(); stats.Received < 600 || stats.Forged > 0 {
		t.Errorf("%+v", stats)
	}
}

func BenchmarkProtectedFramePair(b *testing.B) {
	one, other, _, _ := protectedPair(b, sdp.AES128SHA80)
	var frame, said [160]int16
	audio.NewOscillator(-10, 1000).ReadFrame(said[:])
	b.ReportAllocs()
	for b.Loop() {
		one.ReadFrame(frame[:])
		one.WriteFrame(said[:])
		one, other = other, one
	}
}
