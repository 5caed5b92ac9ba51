//go:build linux && !portable

package rtp

import (
	"context"
	"encoding/binary"
	"math"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/sdp"
)

// opus makes a media one of Opus.
func opus(t testing.TB) func(*sdp.Media) {
	t.Helper()
	if err := codec.OpusMissing(); err != nil {
		t.Skip(err) // `make test` installs it
	}
	return func(m *sdp.Media) {
		use(m, codec.Opus)
		m.Sending.Codecs[0].Opus.Redundant = true
		m.Sending.Events = []sdp.Events{{PayloadType: 110, Clock: 48000}}
		m.Receiving.Events = m.Sending.Events
	}
}

// settle waits until what the sessions have given to their workers is done, as it is in life
// when a tick is over.
func settle(t testing.TB, sessions ...*Session) {
	deadline := time.Now().Add(5 * time.Second)
	for _, s := range sessions {
		for s.worker != nil && s.worker.busy.Load() {
			if time.Now().After(deadline) {
				t.Fatal("a worker is never done")
			}
			runtime.Gosched()
		}
	}
}

// speakThroughWorker is speak for costly codecs.
func speakThroughWorker(t testing.TB, a, b *Session, source audio.Source, rate, frames int) (heard []int16) {
	f := make(audio.Frame, rate/50)
	for range frames {
		a.ReadFrame(f)
		if source.ReadFrame(f) {
			a.WriteFrame(f)
		} else {
			a.WriteFrame(nil)
		}
		settle(t, a)
		if !b.ReadFrame(f) {
			clear(f)
		}
		heard = append(heard, f...)
		b.WriteFrame(nil)
		settle(t, b)
	}
	return heard
}

func TestOpusIsHeardInACallOfEitherRate(t *testing.T) {
	for _, rate := range []int{8000, 16000} {
		a, b := pair(t, opus(t))
		heard := speakThroughWorker(t, a, b, audio.NewOscillator(-10, 1000), rate, 60)
		heard = heard[len(heard)/4:]
		if share := audiotest.Goertzel(heard, rate, 1000); share < 0.9 {
			t.Errorf("at %d Hz: heard %s", rate, audiotest.Describe(heard, rate))
		}
		if level := audiotest.Level(heard); math.Abs(level+13) > 1.5 {
			t.Errorf("at %d Hz: heard at %.1f dB, want -13", rate, level)
		}
		if stats := b.Stats(); stats.Concealed != 0 || stats.Lost != 0 || a.Stats().Unsent != 0 {
			t.Errorf("at %d Hz: %+v", rate, stats)
		}
	}
}

func TestOpusReachesBeyondTheTelephone(t *testing.T) {
	a, b := pair(t, opus(t))
	heard := speakThroughWorker(t, a, b, audio.NewOscillator(-10, 5000), 16000, 60)
	if share := audiotest.Goertzel(heard[len(heard)/4:], 16000, 5000); share < 0.9 {
		t.Errorf("heard %s", audiotest.Describe(heard, 16000))
	}
}

// toRawPeer is a session of Opus whose packets a test takes.
func toRawPeer(t testing.TB, change func(*sdp.Media)) (*Session, rawPeer) {
	t.Helper()
	a, peer := open(t), newRawPeer(t)
	m := media(a)
	opus(t)(&m)
	m.Remote = peer.at
	change(&m)
	a.SetMedia(m)
	return a, peer
}

// TestOpusPacketsHaveTheirClock asks RFC 7587 §4.1 of timestamps, for each length
// of packet, and that only the first of a talk spurt is marked.
func TestOpusPacketsHaveTheirClock(t *testing.T) {
	for ptime, frames := range map[time.Duration]int{0: 1, 20: 1, 40: 2, 60: 3} {
		a, peer := toRawPeer(t, func(m *sdp.Media) { m.PTime = ptime * time.Millisecond })
		speakThroughWorker(t, a, open(t), audio.NewOscillator(-10, 500), 16000, 25)
		headers, sizes := peer.packets(t)
		if len(headers) != 24/frames { // the last frame waits for its turn
			t.Errorf("%d ms: %d packets", ptime, len(headers))
		}
		for i, h := range headers {
			if h.payloadType != 111 || h.marker != (i == 0) || sizes[i] == 0 ||
				h.timestamp != headers[0].timestamp+uint32(i*frames*960) || h.sequence != headers[0].sequence+uint16(i) {
				t.Fatalf("%d ms: packet %d is %+v with %d bytes", ptime, i, h, sizes[i])
			}
		}
	}
}

// TestKeysBesideOpusHaveTheirOwnClock asks for durations in the units that were
// agreed on: the codec's, or 8 kHz for phones that have nothing else.
func TestKeysBesideOpusHaveTheirOwnClock(t *testing.T) {
	for clock, want := range map[int]uint16{48000: 4800, 8000: 800} {
		a, peer := toRawPeer(t, func(m *sdp.Media) { m.Sending.Events[0].Clock = clock })
		done := make(chan error, 1)
		go func() { done <- a.SendTones(context.Background(), []byte("5")) }()
		batch, longest := newBatch(), uint16(0)
		for longest < want && t.Context().Err() == nil {
			speakThroughWorker(t, a, open(t), audio.NewOscillator(-10, 500), 16000, 1)
			for i := range peer.receive(batch) {
				if h, payload, ok := parse(batch.data[i][:batch.size[i]]); ok && h.payloadType == 110 {
					longest = max(longest, binary.BigEndian.Uint16(payload[2:]))
				}
			}
		}
		if longest != want {
			t.Errorf("clock %d: the key lasts %d, want %d", clock, longest, want)
		}
		speakThroughWorker(t, a, open(t), audio.NewOscillator(-10, 500), 16000, 10)
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// stuck is an encoder that does not come back before it is let.
type stuck struct{ reached, free chan struct{} }

func (s stuck) Encode(dst []byte, _ []int16) int {
	select {
	case s.reached <- struct{}{}:
	default:
	}
	<-s.free
	dst[0] = 1 << 3
	return 1
}

// TestShardNeverWaitsForACostlyCodec asks that ticks go on while the codec hangs,
// that what is lost is counted, and that sound goes on afterwards.
func TestShardNeverWaitsForACostlyCodec(t *testing.T) {
	a, b := pair(t, opus(t))
	f := make(audio.Frame, 320)
	speakThroughWorker(t, a, b, audio.NewOscillator(-10, 500), 16000, 5)
	hang := stuck{make(chan struct{}, 1), make(chan struct{})}
	a.stream.encoder.Encoder = hang
	voice := audio.NewOscillator(-10, 500)
	voice.ReadFrame(f)
	for n := range 20 {
		a.ReadFrame(f)
		if a.WriteFrame(f); n == 0 {
			<-hang.reached // the encoder has one frame, and others wait
		}
	}
	if stats := a.Stats(); stats.Unsent < 18-waitingFrames { // the last one is counted when its place is taken
		t.Errorf("%d frames are counted as unsent, want %d", stats.Unsent, 18-waitingFrames)
	}
	close(hang.free)
	settle(t, a)
	sent := a.Stats().Sent
	speakThroughWorker(t, a, b, voice, 16000, 10)
	if stats := a.Stats(); stats.Sent < sent+10 || stats.Unsent != 19-waitingFrames {
		t.Errorf("afterwards %d packets were sent, %d frames not", stats.Sent-sent, stats.Unsent)
	}
}

// TestDroppedFramesLeaveAGapInTheTimestamps asks that time goes on for the peer while
// the encoder hangs (RFC 3550 §5.1), and that a new talk spurt is marked.
func TestDroppedFramesLeaveAGapInTheTimestamps(t *testing.T) {
	a, peer := toRawPeer(t, func(*sdp.Media) {})
	voice := audio.NewOscillator(-10, 500)
	speakThroughWorker(t, a, open(t), voice, 16000, 5)
	before, _ := peer.packets(t)
	hang := stuck{make(chan struct{}, 1), make(chan struct{})}
	working := a.stream.encoder
	a.stream.encoder.Encoder = hang
	const ticks = 15
	for n := range ticks {
		if a.WriteFrame(make(audio.Frame, 320)); n == 0 {
			<-hang.reached
		}
	}
	close(hang.free)
	settle(t, a)
	a.stream.encoder = working
	speakThroughWorker(t, a, open(t), voice, 16000, 5)
	after, _ := peer.packets(t)
	if len(before) == 0 || len(after) == 0 {
		t.Fatalf("%d packets, then %d", len(before), len(after))
	}
	first, last := before[len(before)-1], after[len(after)-1]
	if got, want := last.timestamp-first.timestamp, uint32(ticks+5)*960; got != want {
		t.Errorf("the timestamp goes on by %d, want %d", got, want)
	}
	marked := 0
	for _, h := range after {
		if h.marker {
			marked++
		}
	}
	if marked != 1 || int(last.sequence-first.sequence) != len(after) {
		t.Errorf("%d packets are marked, numbers go on by %d for %d packets", marked, last.sequence-first.sequence, len(after))
	}
}

// TestLateDecoderIsCovered asks that the shard keeps off what the goroutine works
// on, continues the sound meanwhile, and counts what it had to invent.
func TestLateDecoderIsCovered(t *testing.T) {
	for _, rate := range []int{8000, 16000} {
		a, b := pair(t, opus(t))
		f := make(audio.Frame, rate/50)
		voice := audio.NewOscillator(-10, 437.3)
		heard := speakThroughWorker(t, a, b, voice, rate, 20)
		b.worker.busy.Store(true)
		for n := range 5 { // after 60 ms nothing more can be invented
			if b.ReadFrame(f) != (n < 3) || b.Stats().Concealed != uint64(n+1) {
				t.Errorf("%d Hz, frame %d: concealed %d", rate, n, b.Stats().Concealed)
			}
			if n == 0 {
				heard = append(heard, f...)
			}
		}
		if breaks := audiotest.Breaks(heard[len(heard)-rate/5:], rate, 437.3); len(breaks) > 0 {
			t.Errorf("%d Hz: %v", rate, breaks)
		}
		b.worker.busy.Store(false)
		heard = speakThroughWorker(t, a, b, voice, rate, 30)
		if share := audiotest.Goertzel(heard[len(heard)/2:], rate, 437.3); share < 0.9 {
			t.Errorf("%d Hz, afterwards: heard %s", rate, audiotest.Describe(heard, rate))
		}
	}
}

// TestLostPacketsAreMadeUpByTheCodecIfItCan asks that it is given the packet after
// the lost one, if that is there, and that its invention is heard as it is.
func TestLostPacketsAreMadeUpByTheCodecIfItCan(t *testing.T) {
	var p playout
	decoder := &remembering{}
	hearing := newDecoding(codec.Opus)
	hearing.formats[0].decoder, hearing.formats[0].concealer = decoder, decoder
	p.accept(hearing)
	frame, heard := make([]int16, 320), []int16(nil)
	for n := range 12 {
		if n < 8 && n != 4 { // one is lost, and after 8 all are
			p.push(header{sequence: uint16(n), timestamp: uint32(960 * n)}, 0, []byte{1 << 3, byte(n + 1)}, moment{newest: true})
		}
		if p.frame(frame, false) != nothing {
			heard = append(heard, frame[0], frame[319])
		}
	}
	want := []int16{100, 100, 200, 200, 300, 300, 400, 400, -5000, -5000, 600, 600, 700, 700, 800, 800}
	if len(heard) < len(want) || !slices.Equal(heard[:len(want)], want) {
		t.Errorf("heard %v, want %v", heard, want)
	}
	if len(decoder.asked) < 2 || !slices.Equal(decoder.asked[0], []byte{1 << 3, 6}) || decoder.asked[1] != nil {
		t.Errorf("was asked with %v", decoder.asked)
	}
}

// TestAnotherCodecEndsTheWorkBeside asks that nothing is left running.
func TestAnotherCodecEndsTheWorkBeside(t *testing.T) {
	before := runtime.NumGoroutine()
	a, b := pair(t, opus(t))
	voice := audio.NewOscillator(-10, 437.3)
	all := speakThroughWorker(t, a, b, voice, 8000, 20)[1600:]
	for _, s := range []*Session{a, b} {
		m := s.agreed.Load().media
		use(&m, codec.PCMA)
		s.SetMedia(m)
	}
	heard := speakThroughWorker(t, a, b, voice, 8000, 30)
	all = append(all, heard...)
	if share := audiotest.Goertzel(heard[len(heard)/2:], 8000, 437.3); share < 0.9 {
		t.Errorf("afterwards: heard %s", audiotest.Describe(heard, 8000))
	}
	for _, s := range []*Session{a, b} {
		m := s.agreed.Load().media
		opus(t)(&m)
		s.SetMedia(m)
	}
	heard = speakThroughWorker(t, a, b, voice, 8000, 30)
	if share := audiotest.Goertzel(heard[len(heard)/2:], 8000, 437.3); share < 0.9 {
		t.Errorf("back again: heard %s", audiotest.Describe(heard, 8000))
	}
	if step := longestStep(append(all, heard...)); step > 6000 { // the tone's are up to 3560
		t.Errorf("a click of %d", step)
	}
	_, _ = a.Close(), b.Close()
	deadline := time.Now().Add(5 * time.Second)
	for runtime.NumGoroutine() > before {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
		runtime.Gosched()
	}
}

func TestWorkBesideDoesNotAllocate(t *testing.T) {
	a, b := pair(t, opus(t))
	voice, f := audio.NewOscillator(-10, 300), make(audio.Frame, 160)
	speakThroughWorker(t, a, b, voice, 8000, 20)
	if n := testing.AllocsPerRun(100, func() {
		voice.ReadFrame(f)
		a.WriteFrame(f)
		settle(t, a)
		a.ReadFrame(f)
		b.ReadFrame(f)
		b.WriteFrame(nil)
		settle(t, b)
	}); n > poolAllocations {
		t.Errorf("%v allocations a frame", n)
	}
}

// BenchmarkOpusOnTheShard is what a leg of Opus costs the shard; what it costs
// beside the shard is Frame in package codec.
func BenchmarkOpusOnTheShard(b *testing.B) {
	one, other := pair(b, opus(b))
	said, frame := make(audio.Frame, 320), make(audio.Frame, 320)
	audio.NewOscillator(-10, 1000).ReadFrame(said)
	b.ReportAllocs()
	shard := time.Duration(0)
	for b.Loop() {
		began := time.Now()
		one.ReadFrame(frame)
		one.WriteFrame(said)
		shard += time.Since(began)
		settle(b, one, other)
		one, other = other, one
	}
	b.ReportMetric(float64(shard.Nanoseconds())/float64(b.N), "shard-ns/op")
}
