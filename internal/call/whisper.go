package call

import (
	"sync"

	"github.com/switchhook/switchhook/internal/audio"
)

// whispers is what only one participant hears: a prompt, and under it the music
// of hold, which waits while a prompt is heard and goes on then. Prompts are set
// from the goroutines of operations.
type whispers struct {
	mu     sync.Mutex
	member Member // nil before the participant is in the mix and after it left
	prompt audio.Source
	music  audio.Source
	gone   chan struct{} // closed when the participant has left; made when it joins
}

// speak makes s the prompt; nil ends it.
func (w *whispers) speak(s audio.Source) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.prompt = s
	w.apply()
}

// hold makes s the music; nil ends it.
func (w *whispers) hold(s audio.Source) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.music = s
	w.apply()
}

// to sets whose ear it is.
func (w *whispers) to(member Member) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.member = member; member == nil {
		close(w.gone)
		return
	}
	w.gone = make(chan struct{})
	w.apply()
}

// apply runs under mu.
func (w *whispers) apply() {
	switch {
	case w.member == nil:
	case w.prompt != nil:
		w.member.SetPrivateSource(w.prompt)
	default:
		w.member.SetPrivateSource(w.music)
	}
}
