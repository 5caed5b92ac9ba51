package call

import "github.com/switchhook/switchhook/internal/audio"

// ear hears what a participant says, for a recognition: all endpoints together, those that
// come while it goes on too. It belongs to the call's goroutine, the frames to the
// recognition's.
type ear struct {
	heard *together
	stops []func() // each takes a listener out of the mix
}

// listenTo begins to hear a participant.
func (p *participant) listenTo() (e *ear, frames *audio.Queue) {
	frames = audio.NewQueue(2*audio.FramesPerSecond, 1)
	e = &ear{heard: &together{out: frames}}
	for _, from := range p.endpoints() {
		e.join(from)
	}
	return e, frames
}

// join hears one more endpoint.
func (e *ear) join(from *endpoint) {
	if from.member != nil {
		e.stops = append(e.stops, from.member.Hear(&oneOfThem{them: e.heard}))
	}
}

// leave hears nobody any more.
func (e *ear) leave() {
	for _, stop := range e.stops {
		stop()
	}
}
