package mixer

import (
	"testing"

	"github.com/switchhook/switchhook/internal/audio"
)

// sharer is a voice that is told what others hear too.
type sharer struct {
	voice
	common *audio.Common // of the last frame; nil: it was its own
	at     audio.Tick
}

func (s *sharer) WriteFrame(f audio.Frame) { s.common = nil; s.voice.WriteFrame(f) }

func (s *sharer) WriteCommon(f audio.Frame, of *audio.Common, at audio.Tick) {
	s.voice.WriteFrame(f)
	s.common, s.at = of, at
}

// TestWhoSaysNothingIsToldWhatIsCommon: who does not speak and is not treated in any way of
// its own, in a mix of four or more.
func TestWhoSaysNothingIsToldWhatIsCommon(t *testing.T) {
	e, tick := still(t)
	mix := e.NewMix(8000)
	ports, members := make([]*sharer, 5), make([]*Member, 5)
	join := func(n int) {
		for i := range n {
			if ports[i] == nil {
				ports[i] = &sharer{}
				members[i] = mix.Join(ports[i])
			}
		}
		tick(1)
	}
	want := func(what string, common ...int) {
		t.Helper()
		for i, p := range ports {
			if p == nil {
				continue
			}
			is := false
			for _, n := range common {
				is = is || n == i
			}
			if (p.common != nil) != is || is && (p.common != ports[common[0]].common || p.at != ports[common[0]].at || p.heard != ports[common[0]].heard) {
				t.Errorf("%s: member %d is told %v at %d and hears %d", what, i, p.common, p.at, p.heard)
			}
		}
	}
	join(3)
	want("a mix of three")
	join(5)
	want("silence", 0, 1, 2, 3, 4)
	ports[0].says, ports[1].says = 10, 20
	tick(1)
	want("two speak", 2, 3, 4)
	if ports[2].heard != 30 || ports[0].heard != 20 {
		t.Errorf("heard are %d and %d", ports[2].heard, ports[0].heard)
	}
	members[2].SetHeld(true)
	members[3].SetPrivateSource(&voice{says: 5})
	members[0].SetMuted(true)
	tick(1)
	want("what changes is faded", 4)
	tick(1)
	want("one is held, one hears something of its own, a speaker is muted", 0, 4)
	members[3].SetPrivateSource(&voice{})
	tick(1)
	want("it hears nothing of its own any more", 0, 3, 4)
}

// brief is a private source that ends while it is asked for its last frame.
type brief struct{ of *Member }

func (b brief) ReadFrame(f audio.Frame) bool {
	b.of.SetPrivateSource(nil)
	f[0] = 77
	return true
}

// TestLastFrameOfAPrivateSourceIsNotCommon: an encoder that others share must not have it.
func TestLastFrameOfAPrivateSourceIsNotCommon(t *testing.T) {
	e, tick := still(t)
	mix := e.NewMix(8000)
	var ports [4]sharer
	var members [4]*Member
	for i := range ports {
		members[i] = mix.Join(&ports[i])
	}
	tick(1)
	members[1].SetPrivateSource(brief{members[1]})
	tick(1)
	if ports[1].heard != 77 || ports[1].common != nil || ports[0].common == nil {
		t.Errorf("member 1 hears %d of %v, member 0 of %v", ports[1].heard, ports[1].common, ports[0].common)
	}
}
