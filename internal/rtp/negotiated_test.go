//go:build linux && !portable

package rtp

import (
	"context"
	"encoding/binary"
	"math"
	"testing"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/sdp"
)

// TestEveryNegotiatedCodecIsHeard is a peer that changes among the codecs of its answer
// while it speaks, and the leg is told nothing of that.
func TestEveryNegotiatedCodecIsHeard(t *testing.T) {
	codecs := []codec.Codec{codec.PCMU, codec.PCMA, codec.G722}
	for _, rate := range []int{8000, 16000} {
		a, b := open(t), open(t)
		forB := media(a)
		use(&forB, codecs...)
		b.SetMedia(forB)
		voice := audio.NewOscillator(-10, 300)
		var heard []int16
		for _, c := range []codec.Codec{codec.PCMA, codec.PCMU, codec.G722, codec.PCMA, codec.G722, codec.PCMU} {
			forA := media(b)
			use(&forA, c)
			a.SetMedia(forA)
			heard = append(heard, speak(a, b, voice, rate, 40)...)
		}
		steepest := int(math.Pow(10, -0.5) * 32768 * 2 * math.Pi * 300 / float64(rate))
		if step := longestStep(heard[rate/10:]); step > steepest*3/2 {
			t.Errorf("at %d Hz: a step of %d, the tone has at most %d", rate, step, steepest)
		}
		if stats := b.Stats(); stats.Ignored+stats.Lost+stats.Late+stats.Concealed > 0 || stats.Received != 240 {
			t.Errorf("at %d Hz: %+v", rate, stats)
		}
	}
}

// TestCheapCodecBesideOpusIsHeard is a peer that answered Opus and PCMU and sends PCMU.
func TestCheapCodecBesideOpusIsHeard(t *testing.T) {
	a, b := pair(t, opus(t))
	forB := media(a)
	use(&forB, codec.Opus, codec.PCMU)
	b.SetMedia(forB)
	voice := audio.NewOscillator(-10, 437.3)
	heard := speakThroughWorker(t, a, b, voice, 16000, 40)
	for _, c := range []codec.Codec{codec.PCMU, codec.Opus, codec.PCMU} {
		forA := media(b)
		use(&forA, c)
		a.SetMedia(forA)
		heard = append(heard, speakThroughWorker(t, a, b, voice, 16000, 50)...)
	}
	if step := longestStep(heard[3200:]); step > 3000 { // the tone's are up to 1780
		t.Errorf("a click of %d", step)
	}
	if loud := loudness(heard[len(heard)-8000:]); loud < 6000 {
		t.Errorf("at last only %.0f is heard", loud)
	}
	if stats := b.Stats(); stats.Ignored+stats.Lost > 0 || stats.Concealed > 12 {
		t.Errorf("%+v", stats)
	}
}

// TestKeysAreHeardUnderEveryNegotiatedNumber is a peer that renumbers telephone-event in
// its answer, and sends keys under the offer's number, then under its own.
func TestKeysAreHeardUnderEveryNegotiatedNumber(t *testing.T) {
	a, b := open(t), open(t)
	var keys []byte
	b.OnTone(func(key byte) { keys = append(keys, key) })
	forB := media(a)
	forB.Receiving.Events = []sdp.Events{{PayloadType: 101, Clock: 8000}, {PayloadType: 96, Clock: 8000}}
	b.SetMedia(forB)
	l := &line{a: a, b: b}
	for _, number := range []uint8{101, 96} {
		forA := media(b)
		forA.Sending.Events = []sdp.Events{{PayloadType: number, Clock: 8000}}
		a.SetMedia(forA)
		l.tick(nil, 3)
		if err := l.press(t, context.Background(), "48", nil); err != nil {
			t.Fatal(err)
		}
		l.tick(nil, 3)
	}
	if stats := b.Stats(); string(keys) != "4848" || stats.Ignored > 0 {
		t.Errorf("told %q: %+v", keys, stats)
	}
}

// TestHoldKeepsTheSound asks that a re-INVITE which settles fewer codecs than before, as
// an answer does after an offer, is not heard.
func TestHoldKeepsTheSound(t *testing.T) {
	a, b := open(t), open(t)
	forA, forB := media(b), media(a)
	use(&forB, codec.PCMU, codec.PCMA)
	a.SetMedia(forA)
	b.SetMedia(forB)
	voice := audio.NewOscillator(-10, 300)
	heard := speak(a, b, voice, 8000, 40)
	use(&forB, codec.PCMU)
	b.SetMedia(forB)
	heard = append(heard, speak(a, b, voice, 8000, 40)...)
	steepest := int(math.Pow(10, -0.5) * 32768 * 2 * math.Pi * 300 / 8000)
	if step := longestStep(heard[800:]); step > steepest*5/4 || b.Stats().Concealed > 0 {
		t.Errorf("a step of %d, the tone has at most %d: %+v", step, steepest, b.Stats())
	}
}

// TestKeysHaveTheClockOfTheirFormat presses keys beside PCMU by telephone-event of other
// clocks: each is heard once, the voice goes on, and on the wire a key of 100 ms lasts as
// many units of its clock.
func TestKeysHaveTheClockOfTheirFormat(t *testing.T) {
	for _, clock := range []int{8000, 16000, 48000} {
		events := func(m *sdp.Media) {
			m.Sending.Events = []sdp.Events{{PayloadType: 110, Clock: clock}}
			m.Receiving.Events = m.Sending.Events
		}
		a, b := pair(t, events)
		var got []byte
		b.OnTone(func(key byte) { got = append(got, key) })
		l := &line{a: a, b: b}
		if err := l.press(t, context.Background(), "1#1", audio.NewOscillator(-10, 500)); err != nil {
			t.Fatal(err)
		}
		l.tick(audio.NewOscillator(-10, 500), 30)
		if string(got) != "1#1" {
			t.Errorf("at %d Hz: pressed 1#1, heard %q", clock, got)
		}
		if loud := loudness(l.heard[len(l.heard)-1600:]); loud < 3000 {
			t.Errorf("at %d Hz: after the keys only %.0f is heard", clock, loud)
		}
		heard, peer := open(t), newRawPeer(t)
		m := media(heard)
		events(&m)
		m.Remote = peer.at
		heard.SetMedia(m)
		if err := (&line{a: heard, b: open(t)}).press(t, context.Background(), "5", nil); err != nil {
			t.Fatal(err)
		}
		longest, batch := uint16(0), newBatch()
		for n := peer.receive(batch); n > 0; n = peer.receive(batch) {
			for i := range n {
				if h, payload, ok := parse(batch.data[i][:batch.size[i]]); ok && h.payloadType == 110 {
					longest = max(longest, binary.BigEndian.Uint16(payload[2:]))
				}
			}
		}
		if int(longest) != clock/10 {
			t.Errorf("at %d Hz: a key lasts %d units", clock, longest)
		}
	}
}
