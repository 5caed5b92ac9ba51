package call

import (
	"testing"

	"github.com/switchhook/switchhook/internal/audio"
)

// steady is a playback that says the same all the time, from its second frame on.
type steady struct {
	Playback
	frames int // that are left
	begun  bool
	done   chan struct{}
}

func newSteady(frames int) *steady { return &steady{frames: frames, done: make(chan struct{})} }

func (s *steady) Done() <-chan struct{} { return s.done }

func (s *steady) ReadFrame(f audio.Frame) bool {
	if s.frames == 0 {
		return false
	}
	for i := range f {
		f[i] = 1000
	}
	if !s.begun {
		audio.FadeIn(f)
	}
	if s.begun = true; s.frames == 1 {
		audio.FadeOut(f)
		close(s.done)
	}
	s.frames--
	return true
}

// hearsAlone is a Member that hears its private source.
type hearsAlone struct {
	Member
	source audio.Source
}

func (h *hearsAlone) SetPrivateSource(s audio.Source) { h.source = s }

// TestNothingClicksThatOneAloneHears: whatever takes the place of what, no sample is far from
// the one before.
func TestNothingClicksThatOneAloneHears(t *testing.T) {
	const long = 1000
	for name, changes := range map[string][]func(*privateAudio){
		"the music ends":                 {func(a *privateAudio) { a.setMusic(newSteady(long)) }, func(a *privateAudio) { a.setMusic(nil) }},
		"another music":                  {func(a *privateAudio) { a.setMusic(newSteady(long)) }, func(a *privateAudio) { a.setMusic(newSteady(long)) }},
		"a prompt over music, and after": {func(a *privateAudio) { a.setMusic(newSteady(long)) }, func(a *privateAudio) { a.setPrompt(newSteady(5)) }},
		"a prompt over a prompt":         {func(a *privateAudio) { a.setPrompt(newSteady(long)) }, func(a *privateAudio) { a.setPrompt(newSteady(long)) }},
		"the music ends after a prompt": {
			func(a *privateAudio) { a.setPrompt(newSteady(2)) }, func(a *privateAudio) { a.setMusic(newSteady(long)) }, func(a *privateAudio) { a.setMusic(nil) },
		},
		"the music ends under a prompt": {
			func(a *privateAudio) { a.setMusic(newSteady(long)) }, func(a *privateAudio) { a.setPrompt(newSteady(long)) }, func(a *privateAudio) { a.setMusic(nil) },
		},
	} {
		for _, rate := range []int{SampleRate, WideRate} {
			member := &hearsAlone{}
			var a privateAudio
			a.setMember(member)
			last, heard := int16(0), 0
			for _, change := range changes {
				change(&a)
				for range 10 {
					f := make(audio.Frame, rate/audio.FramesPerSecond)
					if member.source == nil || !member.source.ReadFrame(f) {
						clear(f)
					} else {
						heard++
					}
					for i, sample := range f {
						if step := int(sample) - int(last); step > 60 || step < -60 {
							t.Fatalf("%s, %d Hz: sample %d of a frame is %d after %d", name, rate, i, sample, last)
						}
						last = sample
					}
				}
			}
			if heard < 11 {
				t.Errorf("%s: %d frames were heard", name, heard)
			}
		}
	}
}

// TestWhatHasFadedOutIsNotKept for as long as the endpoint, which may be on hold once and
// then talk for hours.
func TestWhatHasFadedOutIsNotKept(t *testing.T) {
	member := &hearsAlone{}
	var a privateAudio
	a.setMember(member)
	a.setMusic(newSteady(1000))
	a.setMusic(nil)
	f := make(audio.Frame, SampleRate/audio.FramesPerSecond)
	if !member.source.ReadFrame(f) {
		t.Error("the music does not fade out")
	}
	if heard := member.source.(*heardAlone); heard.ReadFrame(f) || heard.said != nil {
		t.Errorf("%v is kept, or heard", heard.said)
	}
}
