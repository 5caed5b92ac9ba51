package call

import (
	"context"

	"github.com/switchhook/switchhook/internal/audio"
)

// ear hears what a participant says, for a recognition, by one endpoint at a time: the
// first of the participant's, and the next one when that has left. It belongs to the
// call's goroutine, the frames to the recognition's.
type ear struct {
	of   *participant
	stop func() // takes the listener out of the mix
	over bool   // nobody is heard any more
}

// listenTo begins to hear a participant.
func (p *participant) listenTo() (e *ear, frames *audio.Queue) {
	e = &ear{of: p}
	return e, e.begin()
}

// begin hears the first endpoint of the participant that is in the mix.
func (e *ear) begin() (frames *audio.Queue) {
	frames = audio.NewQueue(2*audio.FramesPerSecond, 1)
	e.stop = func() {}
	for _, from := range e.of.endpoints() {
		if from.member != nil && !e.over {
			e.stop = from.member.Hear(frames)
			break
		}
	}
	return frames
}

// leave hears nobody any more.
func (e *ear) leave() {
	e.over = true
	e.stop()
}

// another hears the next endpoint, where the one that was heard has left. It is called on
// the recognition's goroutine.
func (e *ear) another(ctx context.Context) (frames *audio.Queue) {
	frames, err := ask(ctx, e.of.call, func() (*audio.Queue, error) { return e.begin(), nil })
	if err != nil { // the call is over, and soon the recognition
		return audio.NewQueue(1, 1)
	}
	return frames
}
