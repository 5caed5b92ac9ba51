//go:build linux && !portable

package rtp

import (
	"bytes"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/codec"
	"github.com/switchhook/switchhook/internal/sdp"
)

// sink keeps what a stream sends.
type sink struct{ packets [][]byte }

func (s *sink) SendRTP(packet []byte) (int, error) {
	s.packets = append(s.packets, bytes.Clone(packet))
	return len(packet), nil
}

func (s *sink) SendRTCP([]byte) {}

// listeners are streams of Opus that hear the same mix.
type listeners struct {
	streams []*AsyncStream
	sinks   []*sink
	common  audio.Common
	tick    audio.Tick
	frame   audio.Frame
	voice   audio.Source // what all hear
}

func newListeners(t *testing.T, size int) *listeners {
	t.Helper()
	m := sdp.Media{Send: true, Receive: true}
	opus(t)(&m)
	c := &listeners{frame: make(audio.Frame, 320), voice: audio.NewOscillator(-10, 500)}
	for range size {
		out := &sink{}
		s := NewAsyncStream(StreamConfig{Output: out, Discontinuous: true})
		s.SetMedia(m)
		c.streams, c.sinks = append(c.streams, s), append(c.sinks, out)
	}
	return c
}

// same is what all hear, for who hears it without being told that others do.
var same audio.Source = audio.NewOscillator(-10, 1)

// run is the shard, for some frames. Who is alone hears something else.
func (c *listeners) run(frames int, alone map[int]audio.Source) {
	other := make(audio.Frame, len(c.frame))
	for range frames {
		c.tick++
		c.voice.ReadFrame(c.frame)
		for i, s := range c.streams {
			s.ReadFrame(other)
			switch source := alone[i]; source {
			case nil:
				s.WriteCommon(c.frame, &c.common, c.tick)
			case same:
				s.WriteFrame(c.frame)
			default:
				source.ReadFrame(other)
				s.WriteFrame(other)
			}
		}
		time.Sleep(audio.FrameDuration)
	}
	synctest.Wait()
}

func (c *listeners) close() {
	for _, s := range c.streams {
		s.Close()
		<-s.Done()
	}
}

// last are the payloads of the last packets of a stream.
func (s *sink) last(n int) (payloads [][]byte) {
	for _, packet := range s.packets[len(s.packets)-n:] {
		payloads = append(payloads, packet[headerSize:])
	}
	return payloads
}

// TestWhatSeveralHearIsEncodedOnce: streams with different pasts send the same payloads
// when they have heard the same for a second, each with numbers of its own, and not while
// one of them hears something else.
func TestWhatSeveralHearIsEncodedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newListeners(t, 3)
		pasts := map[int]audio.Source{1: audio.NewOscillator(-10, 700), 2: audio.NewOscillator(-20, 900)}
		c.run(40, pasts)
		alike := func(i int) bool { return slices.EqualFunc(c.sinks[0].last(20), c.sinks[i].last(20), bytes.Equal) }
		if c.run(togetherAfter-5, nil); alike(1) {
			t.Error("they are together before a second is over")
		}
		if c.run(30, nil); !alike(1) || !alike(2) {
			t.Error("what all hear is encoded for each")
		}
		if c.run(30, map[int]audio.Source{1: audio.NewOscillator(-10, 700)}); alike(1) || !alike(2) {
			t.Error("who hears something else is still together with the others, or the others no longer are")
		}
		if c.run(togetherAfter+30, nil); !alike(1) {
			t.Error("nobody comes back")
		}
		for i, out := range c.sinks {
			for n, packet := range out.packets[1:] {
				before, now := parseHeader(t, out.packets[n]), parseHeader(t, packet)
				if now.sequence != before.sequence+1 || now.timestamp != before.timestamp+960 || now.ssrc != before.ssrc {
					t.Fatalf("stream %d: %+v follows %+v", i, now, before)
				}
			}
		}
		c.close()
	})
}

func parseHeader(t *testing.T, packet []byte) (h header) {
	t.Helper()
	h, _, ok := parse(packet)
	if !ok {
		t.Fatalf("no packet of RTP: %x", packet)
	}
	return h
}

// TestChangeOfEncodersIsNotHeard: a listener hears no click where its stream begins to be
// encoded with others, and where it is encoded alone again.
func TestChangeOfEncodersIsNotHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newListeners(t, 2)
		c.run(20, nil)
		for range 3 {
			c.run(togetherAfter+30, nil)
			c.run(30, map[int]audio.Source{0: same})
		}
		decoder, heard, frame := codec.Opus.NewDecoder(), []int16(nil), make([]int16, 960)
		for _, packet := range c.sinks[0].packets {
			heard = append(heard, frame[:decoder.Decode(frame, packet[headerSize:])]...)
		}
		heard = heard[3200:]
		// 500 Hz at -10 dB: neighbouring samples differ by 2,000 at most.
		if step, tone := longestStep(heard), audiotest.Goertzel(heard, 16000, 500); step > 3500 || tone < 0.95 {
			t.Errorf("the longest step is %d, and it holds %s", step, audiotest.Describe(heard, 16000))
		}
		c.close()
	})
}

// restless counts the frames that an encoder has had since it rested last.
type restless struct {
	codec.Encoder
	frames int
}

func (r *restless) Suspend() { r.frames = 0 }

func (r *restless) Encode(dst []byte, pcm []int16) int {
	r.frames++
	return r.Encoder.Encode(dst, pcm)
}

// TestEncoderRestsWhileAnotherDoesItsWork: a listener's own encoder keeps no memory while it is
// not used, and begins with the frame before the one that it goes on with.
func TestEncoderRestsWhileAnotherDoesItsWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newListeners(t, 2)
		c.run(5, nil)
		own := &restless{Encoder: codec.Opus.NewEncoder()}
		c.streams[0].stream.encoder.Encoder = own
		if c.run(togetherAfter-10, nil); own.frames < togetherAfter-15 {
			t.Fatalf("the encoder had %d frames alone", own.frames)
		}
		if c.run(30, nil); own.frames != 0 {
			t.Errorf("the encoder has %d frames while it shares another", own.frames)
		}
		if c.run(10, map[int]audio.Source{0: same}); own.frames < 10 || own.frames > 11 {
			t.Errorf("the encoder had %d frames in ten ticks alone", own.frames)
		}
		c.close()
	})
}

// TestPhonesShareAnEncoder: phones in Opus that hear the same for a second are sent the
// same payloads, and one that hears something else is not.
func TestPhonesShareAnEncoder(t *testing.T) {
	const phones = 3
	var sessions [phones]*Session
	var payloads [phones][][]byte
	for i := range sessions {
		sessions[i], _ = toRawPeer(t, func(*sdp.Media) {})
		var point TapPoint
		point.Set(func(packet Tapped) { payloads[i] = append(payloads[i], bytes.Clone(packet.Packet[headerSize:])) })
		sessions[i].TapAt(&point)
	}
	var common audio.Common
	voice, other, tick := audio.NewOscillator(-10, 500), audio.NewOscillator(-10, 700), audio.Tick(0)
	run := func(frames int, alone int) {
		frame, odd := make(audio.Frame, 320), make(audio.Frame, 320)
		for range frames {
			tick++
			voice.ReadFrame(frame)
			for i, s := range sessions {
				s.ReadFrame(odd)
				if i == alone {
					other.ReadFrame(odd)
					s.WriteFrame(odd)
				} else {
					s.WriteCommon(frame, &common, tick)
				}
			}
			settle(t, sessions[:]...)
		}
	}
	alike := func(i int) bool {
		const some = 20
		return slices.EqualFunc(payloads[0][len(payloads[0])-some:], payloads[i][len(payloads[i])-some:], bytes.Equal)
	}
	run(30, 1) // different pasts
	if run(togetherAfter+30, -1); !alike(1) || !alike(2) {
		t.Error("what all hear is encoded for each")
	}
	if run(30, 1); alike(1) || !alike(2) {
		t.Error("who hears something else is still together with the others, or the others no longer are")
	}
}

// TestSharedEncoderKeepsTime: a stream that is late gets the packets of its own frames, and one
// that is far too late gets none.
func TestSharedEncoderKeepsTime(t *testing.T) {
	m := sdp.Media{Send: true, Receive: true}
	opus(t)(&m)
	c := newSharedEncoder(sharedTerms{codec.Opus, codec.Wishes(m.Sending.Codecs[0].Opus)})
	voice, pcm := audio.NewOscillator(-10, 500), make(audio.Frame, 320)
	var made [20][]byte
	payload := make([]byte, codec.MaxPayload)
	for at := 1; at < len(made); at++ {
		voice.ReadFrame(pcm)
		made[at] = bytes.Clone(payload[:c.encode(payload, pcm, audio.Tick(at), 0)])
	}
	for at := len(made) - readyFrames; at < len(made); at++ {
		if got := payload[:c.encode(payload, pcm, audio.Tick(at), 0)]; len(got) == 0 || !bytes.Equal(got, made[at]) {
			t.Errorf("frame %d is %d bytes the second time, and was %d", at, len(got), len(made[at]))
		}
	}
	if n := c.encode(payload, pcm, audio.Tick(len(made)-readyFrames-1), 0); n != 0 {
		t.Errorf("a frame of long ago has %d bytes", n)
	}
	at := audio.Tick(len(made))
	if n := testing.AllocsPerRun(50, func() { c.encode(payload, pcm, at, 0); at++ }); n > poolAllocations {
		t.Errorf("%v allocations a frame", n)
	}
}

// heedful is an encoder that remembers against how much loss it protects.
type heedful struct {
	codec.Encoder
	lost []int
}

func (h *heedful) Protect(lost int) { h.lost = append(h.lost, lost) }

// TestRedundancyFollowsReports: it is there for peers that say nothing, ends where nothing
// is lost, comes back with the first loss, and stays for three reports.
func TestRedundancyFollowsReports(t *testing.T) {
	fake := &heedful{Encoder: codec.PCMU.NewEncoder()}
	e, p := newProtectedEncoder(fake, codec.Wishes{Redundant: true}), protection{}
	for _, step := range []struct {
		fraction uint8 // of 256
		want     int   // per cent
	}{{0, 0}, {3, 0}, {26, 10}, {0, 10}, {2, 10}, {0, 0}, {64, 25}} {
		e.protect(p.wanted())
		p.hear(step.fraction)
		if p.wanted() != step.want {
			t.Errorf("after a report of %d/256 it protects against %d %%, want %d", step.fraction, p.wanted(), step.want)
		}
	}
	if want := []int{0, 10, 0}; !slices.Equal(fake.lost, want) {
		t.Errorf("the encoder was told %v, want %v", fake.lost, want)
	}
	plain := &heedful{Encoder: codec.PCMU.NewEncoder()}
	unwilling := newProtectedEncoder(plain, codec.Wishes{})
	if unwilling.protect(20); len(plain.lost) > 0 {
		t.Error("a peer that wants no redundancy gets it")
	}
}

// BenchmarkListeningPhones is what a tick of phones in Opus costs that hear the same: with
// an encoder for each, and with one for all.
func BenchmarkListeningPhones(b *testing.B) {
	for _, shared := range []bool{false, true} {
		b.Run(map[bool]string{false: "each", true: "shared"}[shared], func(b *testing.B) {
			sessions := make([]*Session, 20)
			for i := range sessions {
				sessions[i], _ = toRawPeer(b, func(*sdp.Media) {})
			}
			var common audio.Common
			voice, frame, heard, tick := audio.NewOscillator(-10, 500), make(audio.Frame, 320), make(audio.Frame, 320), audio.Tick(0)
			run := func() {
				tick++
				voice.ReadFrame(frame)
				for _, s := range sessions {
					s.ReadFrame(heard)
					if shared {
						s.WriteCommon(frame, &common, tick)
					} else {
						s.WriteFrame(frame)
					}
				}
				settle(b, sessions...)
			}
			for range 2 * togetherAfter {
				run()
			}
			for b.Loop() {
				run()
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(sessions)), "µs/leg")
		})
	}
}
