package call

import (
	"context"
	"errors"
	"slices"

	"github.com/switchhook/switchhook/internal/identifier"
)

// Play is audio that an application wants heard.
type Play struct {
	Prompts   []Prompt
	To        []identifier.ID // empty: everybody
	Loop      bool            // until canceled
	Interrupt bool            // give up what is being played or recognised, and what waits
	Announces bool            // to a participant on hold it is played until the hold ends, as the service does
	Context   Context
}

// Play accepts audio to be played: to everybody in the connection's main queue,
// to single participants beside it. A play to several participants occupies all of
// them, and is canceled when one of them leaves.
func (c *Connection) Play(ctx context.Context, play Play) error {
	play.Prompts = c.spoken(play.Prompts)
	return c.whenConnected(ctx, func() error {
		if len(play.To) == 0 {
			return c.queue(c.playWork(play, c.toAll()), play.Interrupt)
		}
		return c.playTo(play)
	})
}

// playTo plays to single participants.
func (c *Connection) playTo(play Play) error {
	var listeners []*participant
	for _, who := range distinct(play.To) {
		p, err := c.another(who, "play to itself")
		if err != nil {
			return err
		}
		if !slices.Contains(listeners, p) { // by another form of its number
			listeners = append(listeners, p)
		}
	}
	alone := audienceOf(listeners...)
	w := c.playWork(play, alone.speaker())
	w.with, w.audience = listeners, alone
	w.onHold = play.Announces && slices.ContainsFunc(listeners, func(p *participant) bool { return p.held })
	return c.occupy(w, play.Interrupt)
}

// playWork plays to a speaker's listeners.
func (c *Connection) playWork(play Play, to speaker) work {
	return work{kind: PlayOperation, what: play.Context, size: play.Context.size() + sizeOf(play.Prompts), run: func(op *operation) Event {
		started := func() {
			c.call.post(func() {
				op.pauseMusic()
				op.tell(PlayStarted{op.head()})
			})
		}
		return op.played(c.call.playSent(op.ctx, play.Prompts, play.Loop, []speaker{to}, started))
	}}
}

// played is the event that ends a play. It is apart from the wait for it, which
// may last for hours: its events would be a kilobyte of every player's stack.
func (op *operation) played(err error) Event {
	var failed *sourceError
	switch {
	case err == nil:
		return PlayCompleted{op.head()}
	case errors.As(err, &failed):
		return PlayFailed{op.head(), failed.index, failed.cause}
	default:
		return PlayCanceled{op.head()}
	}
}
