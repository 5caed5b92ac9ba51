package call

import (
	"maps"

	"github.com/switchhook/switchhook/internal/audio"
)

// ear hears what a participant says, for a recognition: all endpoints together, those that
// come while it goes on too. It belongs to the call's turn, the frames to the
// recognition's.
type ear struct {
	heard *together
	leave map[*endpoint]func() // takes its listener out of the mix
}

// listenTo begins to hear a participant.
func (p *participant) listenTo() (e *ear, frames *audio.Queue) {
	frames = audio.NewQueue(2*audio.FramesPerSecond, 1)
	e = &ear{heard: &together{out: frames}, leave: make(map[*endpoint]func())}
	for _, from := range p.endpoints() {
		e.join(from)
	}
	return e, frames
}

// join hears one more endpoint.
func (e *ear) join(from *endpoint) {
	maps.DeleteFunc(e.leave, func(other *endpoint, _ func()) bool { return other.member == nil })
	if from.member != nil {
		e.leave[from] = from.member.Hear(&oneOfThem{them: e.heard})
	}
}

// close hears nobody any more.
func (e *ear) close() {
	for _, leave := range e.leave {
		leave()
	}
}
