package call

import "github.com/switchhook/switchhook/internal/audio"

// heardAlone is what one endpoint alone hears: a prompt, and the music, if any, after its
// end. What they take the place of fades out in the first frame, so that nothing clicks.
type heardAlone struct {
	prompt Playback     // nil: there is none
	music  audio.Source // nil: there is none
	former audio.Source // what was heard before; nil: nothing was, or it has faded out

	said  audio.Source // what the last frame is of
	faded [WideRate / audio.FramesPerSecond]int16
}

// ReadFrame implements audio.Source.
func (h *heardAlone) ReadFrame(f audio.Frame) bool {
	former := h.former
	h.former = nil
	heard := h.read(f)
	if former == nil || heard && former == h.said {
		return heard
	}
	rest := h.faded[:len(f)]
	if !former.ReadFrame(rest) {
		return heard
	}
	audio.FadeOut(rest)
	if !heard {
		h.said = former
		copy(f, rest)
		return true
	}
	for i, sample := range rest {
		f[i] = int16(min(max(int(f[i])+int(sample), -1<<15), 1<<15-1))
	}
	return true
}

// read reads the prompt, or the music, which fades in where the prompt was heard.
func (h *heardAlone) read(f audio.Frame) bool {
	if h.prompt == nil && h.music == nil {
		h.said = nil // which has faded out: its sound is not kept for as long as the endpoint
		return false
	}
	if h.prompt != nil {
		if h.prompt.ReadFrame(f) {
			h.said = h.prompt
			return true
		}
		if !over(h.prompt) {
			return false
		}
	}
	if h.music == nil || !h.music.ReadFrame(f) {
		return false
	}
	if h.prompt != nil && h.said == audio.Source(h.prompt) {
		audio.FadeIn(f)
	}
	h.said = h.music
	return true
}

// Aside reports whether the last frame is for nobody but the member.
func (h *heardAlone) Aside() bool {
	_, music := h.said.(aside)
	return music
}

// Copies is who else is told the last frame.
func (h *heardAlone) Copies() *audio.Copies { return copiesOf(h.said) }

// over reports whether a playback has nothing more to say.
func over(p Playback) bool {
	select {
	case <-p.Done():
		return true
	default:
		return false
	}
}
