//go:build linux && !portable

package rtp

import (
	"math"
	"testing"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/audio/audiotest"
	"github.com/switchhook/switchhook/internal/codec"
)

// listener is a session whose peer is a script.
func listener(t *testing.T) (*Session, rawPeer) {
	t.Helper()
	heard, peer := open(t), newRawPeer(t)
	m := media(heard)
	m.Remote = peer.at
	heard.SetMedia(m)
	return heard, peer
}

// A peer that restarts, or is replaced by another device behind the same address,
// has another SSRC, sequence and clock; a mixer on its way jumps.
func TestStreamThatBeginsAnewIsHeard(t *testing.T) {
	for _, test := range []struct {
		name       string
		change     func(*header)
		lostFrames int // at most, of what is heard
	}{
		{"another SSRC", func(h *header) { h.ssrc, h.sequence, h.timestamp = 99, h.sequence+31111, h.timestamp+1<<30 }, 5},
		{"another SSRC, the same numbers", func(h *header) { h.ssrc = 99 }, 5},
		{"the sequence begins anew", func(h *header) { h.sequence += 31111 }, 5},
		{"timestamps jump ahead", func(h *header) { h.timestamp += 1 << 30 }, 5},
		{"timestamps jump back", func(h *header) { h.timestamp -= 1 << 30 }, 5},
		{"sequence and timestamps begin anew", func(h *header) { h.sequence, h.timestamp = h.sequence+20000, h.timestamp-1<<20 }, 5},
	} {
		s, peer := listener(t)
		var pcm []int16
		frame := make([]int16, 160)
		for i, packet := range talk(4, 20, 0) {
			h := packet.header
			if i >= 100 {
				test.change(&h)
			}
			peer.say(t, h, packet.payload, s)
			if !s.ReadFrame(frame) {
				clear(frame)
			}
			pcm = append(pcm, frame...)
		}
		stats := s.Stats()
		if step := longestStep(pcm); step > longestHonestStep {
			t.Errorf("%s: a click of %d", test.name, step)
		}
		if share := audiotest.Goertzel(pcm[110*160:], 8000, tone); share < 0.9 {
			t.Errorf("%s: afterwards %s", test.name, audiotest.Describe(pcm[110*160:], 8000))
		}
		if stats.Lost > 2 || stats.Late+stats.Discarded > 0 || stats.Concealed > uint64(test.lostFrames) || s.stream.playout.depth() > 40+20 {
			t.Errorf("%s: %+v, %d ms wait", test.name, stats, s.stream.playout.depth())
		}
	}
}

// A phone that is put to another codec in the middle of a word.
func TestCodecChangesWithoutAClick(t *testing.T) {
	for _, path := range [][2]codec.Codec{{codec.PCMU, codec.PCMA}, {codec.PCMU, codec.G722}, {codec.G722, codec.PCMU}} {
		for _, rate := range []int{8000, 16000} {
			var heard []int16
			a, b := pair(t)
			voice := audio.NewOscillator(-10, 300)
			for _, c := range path {
				for s, other := range map[*Session]*Session{a: b, b: a} {
					m := media(other)
					use(&m, c)
					s.SetMedia(m)
				}
				heard = append(heard, speak(a, b, voice, rate, 30)...)
			}
			steepest := int(math.Pow(10, -0.5) * 32768 * 2 * math.Pi * 300 / float64(rate))
			if step := longestStep(heard[rate/10:]); step > steepest*3/2 {
				t.Errorf("%s to %s at %d Hz: a step of %d, the tone has at most %d", path[0].Name, path[1].Name, rate, step, steepest)
			}
			if b.Stats().Concealed > 4 {
				t.Errorf("%s to %s at %d Hz: %d frames were invented", path[0].Name, path[1].Name, rate, b.Stats().Concealed)
			}
		}
	}
}

// A peer with silence suppression sends nothing but reports, perhaps for minutes.
func TestReportsAreLifeWhilePeerIsSilentByIntent(t *testing.T) {
	for _, announced := range []bool{false, true} {
		s, peer := listener(t)
		frame, packets := make([]int16, 160), talk(1, 20, 0)
		for _, packet := range packets[:10] {
			peer.say(t, packet.header, packet.payload, s)
			s.ReadFrame(frame)
		}
		if announced {
			h := packets[10].header
			h.payloadType = noisePayloadType
			peer.say(t, h, []byte{40}, s)
			s.ReadFrame(frame)
		}
		before := s.Stats().LastPacket
		var report [128]byte
		n := putReport(report[:], packets[0].header.ssrc, s.stream.control.name, nil, nil)
		s.takeReport(report[:n], peer.at, before.UnixNano()+1e9)
		if lives := s.Stats().LastPacket.After(before); lives != announced {
			t.Errorf("silence announced: %v, life seen: %v", announced, lives)
		}
	}
}
