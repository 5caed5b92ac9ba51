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
	notice Playback      // of the server, over both; nil: there is none
	gone   chan struct{} // closed when the endpoint has left; nil before it is in the mix, and until left makes it
}

// setPrompt plays a prompt in place of the one before.
func (a *privateAudio) setPrompt(p Playback) {
	a.mu.Lock()
	defer a.mu.Unlock()
	former := a.heard()
	a.prompt = p
	a.apply(former)
}

// heard is what is heard now: the prompt, or the music where that has ended.
func (a *privateAudio) heard() audio.Source {
	if a.prompt != nil && !over(a.prompt) {
		return a.prompt
	}
	return a.music
}

// setMusic plays music on hold; nil ends it.
func (a *privateAudio) setMusic(s audio.Source) {
	a.mu.Lock()
	defer a.mu.Unlock()
	former := a.heard()
	if a.music = nil; s != nil {
		a.music = aside{s}
	}
	if former == a.heard() { // a prompt, under which the music is another one
		former = nil
	}
	a.apply(former)
}

// setNotice plays an announcement of the server; nil ends it.
func (a *privateAudio) setNotice(p Playback) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.notice = p
	a.apply(nil)
}

// setMember says whose it is; nil: the endpoint has left.
func (a *privateAudio) setMember(member Member) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.member = member
	switch {
	case member != nil:
		a.gone = nil
		a.apply(nil)
	case a.gone == nil: // nobody waits for it
		a.gone = closed
	default:
		close(a.gone)
	}
}

// closed is a channel that is.
var closed = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// left returns what is closed when the endpoint has left; nil before it is in the mix. Most
// endpoints are never asked.
func (a *privateAudio) left() <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.gone == nil && a.member != nil {
		a.gone = make(chan struct{})
	}
	return a.gone
}

// apply runs under mu. former was heard until now and fades out; nil: nothing does.
func (a *privateAudio) apply(former audio.Source) {
	if a.member == nil {
		return
	}
	var said audio.Source
	if a.prompt != nil || a.music != nil || former != nil {
		said = &heardAlone{prompt: a.prompt, music: a.music, former: former}
	}
	if a.notice != nil {
		said = newOverNotice(said, a.notice)
	}
	a.member.SetPrivateSource(said)
}

// aside is music on hold, which recordings leave out unless they are told to take it.
type aside struct{ audio.Source }

// Aside reports that it is for nobody but the member.
func (aside) Aside() bool { return true }

// Copies is who else is told the same.
func (a aside) Copies() *audio.Copies { return copiesOf(a.Source) }

// told is one of several playbacks of the same prompts, each to another endpoint.
type told struct {
	Playback
	all *audio.Copies
}

// Copies is who else is told the same.
func (t told) Copies() *audio.Copies { return t.all }

// copiesOf is who else is told what a source says; nil: nobody is.
func copiesOf(s audio.Source) *audio.Copies {
	if c, is := s.(interface{ Copies() *audio.Copies }); is {
		return c.Copies()
	}
	return nil
}
