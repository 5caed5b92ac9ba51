package call

import (
	"sync"

	"github.com/switchhook/switchhook/internal/audio"
)

// privateAudio is what only one endpoint hears: a prompt, and under it the music
// on hold, which waits while a prompt is heard and goes on then. Prompts are set
// from the goroutines of operations.
type privateAudio struct {
	mu     sync.Mutex
	member Member        // nil before the endpoint is in the mix and after it left
	prompt Playback      // the last one; it may have ended
	music  audio.Source  // nil: the endpoint is not on hold
	gone   chan struct{} // closed when the endpoint has left; made when it joins
}

// setPrompt plays a prompt in place of the one before.
func (a *privateAudio) setPrompt(p Playback) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.prompt = p
	a.apply()
}

// setMusic plays music on hold; nil ends it.
func (a *privateAudio) setMusic(s audio.Source) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.music = nil; s != nil {
		a.music = aside{s}
	}
	a.apply()
}

// setMember says whose it is; nil: the endpoint has left.
func (a *privateAudio) setMember(member Member) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.member = member; member == nil {
		close(a.gone)
		return
	}
	a.gone = make(chan struct{})
	a.apply()
}

// apply runs under mu.
func (a *privateAudio) apply() {
	switch {
	case a.member == nil:
	case a.prompt != nil:
		a.member.SetPrivateSource(&promptOverMusic{prompt: a.prompt, music: a.music})
	default:
		a.member.SetPrivateSource(a.music)
	}
}

// promptOverMusic is a prompt, and the music, if any, after its end.
type promptOverMusic struct {
	prompt  Playback
	music   audio.Source
	musical bool // the last frame was music
}

// ReadFrame implements audio.Source.
func (s *promptOverMusic) ReadFrame(f audio.Frame) bool {
	s.musical = false
	if s.prompt.ReadFrame(f) {
		return true
	}
	select {
	case <-s.prompt.Done():
		s.musical = s.music != nil && s.music.ReadFrame(f)
		return s.musical
	default:
		return false
	}
}

// Aside reports whether the last frame is for nobody but the member.
func (s *promptOverMusic) Aside() bool { return s.musical }

// aside is music on hold, which recordings leave out unless they are told to take it.
type aside struct{ audio.Source }

// Aside reports that it is for nobody but the member.
func (aside) Aside() bool { return true }
