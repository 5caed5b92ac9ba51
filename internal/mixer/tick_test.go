package mixer

import (
	"fmt"
	"testing"

	"github.com/switchhook/switchhook/internal/audio"
)

func TestEverybodyHearsTheOthers(t *testing.T) {
	for _, test := range []struct {
		name string
		says []int16
		want []int16
	}{
		{"alone", []int16{5}, []int16{0}},
		{"two, both speak", []int16{5, 7}, []int16{7, 5}},
		{"two, one speaks", []int16{5, 0}, []int16{0, 5}},
		{"two, silence", []int16{0, 0}, []int16{0, 0}},
		{"three, all speak", []int16{1, 20, 300}, []int16{320, 301, 21}},
		{"three, two speak", []int16{1, 0, 300}, []int16{300, 301, 1}},
		{"three, one speaks", []int16{0, 9, 0}, []int16{9, 0, 9}},
		{"five, three speak", []int16{1, 0, 20, 0, 300}, []int16{320, 321, 301, 321, 21}},
		{"clipped above", []int16{30000, 20000, 1000, 0}, []int16{21000, 31000, 32767, 32767}},
		{"clipped below", []int16{-30000, -20000, -1000, 0}, []int16{-21000, -31000, -32768, -32768}},
		{"clipped only where it must be", []int16{32767, 32767, -32768, -100}, []int16{-101, -101, 32767, 32766}},
	} {
		t.Run(test.name, func(t *testing.T) {
			voices, _, tick := room(t, test.says...)
			wantHeard(t, voices, test.want...)
			tick(2)
			wantHeard(t, voices, test.want...)
			for i, v := range voices {
				if v.reads != 3 || v.writes != 3 {
					t.Errorf("member %d: %d reads and %d writes in 3 frames", i, v.reads, v.writes)
				}
			}
		})
	}
}

func TestListenersShareOneFrame(t *testing.T) {
	voices, _, _ := room(t, 1, 2, 3, 0, 0)
	if &voices[3].last[0] != &voices[4].last[0] {
		t.Error("two listeners were given different frames")
	}
	if &voices[0].last[0] == &voices[3].last[0] {
		t.Error("a speaker was given the listeners' frame")
	}
}

func TestMutedMemberIsNotHeard(t *testing.T) {
	voices, members, tick := room(t, 1, 20, 300)
	members[2].SetMuted(true)
	tick(2) // in the first of them it fades
	wantHeard(t, voices, 20, 1, 21)
	if voices[2].reads != 3 {
		t.Error("a muted port was not read: its socket would fill")
	}
	members[2].SetMuted(false)
	tick(2)
	wantHeard(t, voices, 320, 301, 21)
}

func TestHeldMemberHearsOnlyItsPrivateSource(t *testing.T) {
	voices, members, tick := room(t, 1, 20, 300)
	members[0].SetHeld(true)
	tick(2)
	wantHeard(t, voices, 0, 300, 20)
	members[0].SetPrivateSource(&voice{says: 4000})
	tick(1)
	wantHeard(t, voices, 4000, 300, 20)
	members[0].SetHeld(false)
	members[0].SetPrivateSource(nil)
	tick(2)
	wantHeard(t, voices, 320, 301, 21)
}

func TestPrivateSourceIsHeardByOneMember(t *testing.T) {
	voices, members, tick := room(t, 1, 20, 0)
	members[1].SetPrivateSource(&voice{says: 4000})
	tick(1)
	wantHeard(t, voices, 20, 4001, 21)
	members[2].SetPrivateSource(&voice{says: 32760})
	tick(1)
	wantHeard(t, voices, 20, 4001, 32767)
	members[1].SetPrivateSource(&voice{}) // has nothing to say
	members[2].SetPrivateSource(nil)
	tick(1)
	wantHeard(t, voices, 20, 1, 21)
}

func TestWidebandMixHasLongFrames(t *testing.T) {
	e, tick := still(t)
	mix := e.NewMix(16000)
	a, b := &voice{says: 3}, &voice{says: 4}
	mix.Join(a)
	mix.Join(b)
	tick(1)
	if a.samples != 320 || len(b.last) != 320 || b.last[319] != 3 {
		t.Errorf("frames of %d and %d samples at 16 kHz", a.samples, len(b.last))
	}
}

func TestMixRisesForEverybodyAtOneTick(t *testing.T) {
	e, tick := still(t)
	mix := e.NewMix(8000)
	voices := []*voice{{says: 3}, {says: 4}, {says: 5}}
	for _, v := range voices {
		mix.Join(v).SetPrivateSource(&voice{says: 100})
	}
	tick(1)
	mix.Rise()
	if mix.Rate() != 16000 || voices[0].samples != 160 {
		t.Errorf("rate %d, frames of %d before the tick", mix.Rate(), voices[0].samples)
	}
	tick(1)
	for i, v := range voices {
		if v.samples != 320 || len(v.last) != 320 || v.heard != 112-v.says {
			t.Errorf("member %d: frames of %d and %d samples, hears %d", i, v.samples, len(v.last), v.heard)
		}
	}
	late := &voice{says: 6}
	mix.Join(late)
	mix.Rise()
	tick(1)
	if late.samples != 320 {
		t.Errorf("who joins later speaks %d samples", late.samples)
	}
}

func TestTickDoesNotAllocate(t *testing.T) {
	for _, n := range []int{2, 100} {
		voices, members, tick := room(t, crowd(n)...)
		members[1].SetPrivateSource(&voice{says: 7})
		if allocs := testing.AllocsPerRun(100, func() { tick(1) }); allocs != 0 {
			t.Errorf("%d members: %v allocations a frame", n, allocs)
		}
		if voices[0].writes < 100 {
			t.Errorf("%d members: %d frames written", n, voices[0].writes)
		}
	}
}

// crowd is a conference: three speak, the others listen; of two, both speak.
func crowd(n int) []int16 {
	says := make([]int16, n)
	for i := range min(n, 3) {
		says[i] = int16(100 * (i + 1))
	}
	return says
}

type steady struct{ frame [160]int16 }

func (s *steady) ReadFrame(f audio.Frame) bool { copy(f, s.frame[:]); return true }
func (s *steady) WriteFrame(audio.Frame)       {}

func BenchmarkMix(b *testing.B) {
	for _, test := range []struct{ members, speakers int }{{2, 2}, {3, 3}, {100, 3}, {100, 100}} {
		b.Run(fmt.Sprintf("members=%d/speakers=%d", test.members, test.speakers), func(b *testing.B) {
			e, tick := still(b)
			mix := e.NewMix(8000)
			for i := range test.members {
				mix.Join(&steady{}).SetMuted(i >= test.speakers)
			}
			tick(1)
			b.ReportAllocs()
			for b.Loop() {
				tick(1)
			}
		})
	}
}
