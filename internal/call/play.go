package call

import (
	"context"
	"errors"

	"github.com/switchhook/switchhook/internal/fault"
	"github.com/switchhook/switchhook/internal/identifier"
)

// Play is audio that an application wants heard.
type Play struct {
	Prompts   []Prompt
	To        []identifier.ID // empty: everybody
	Loop      bool            // until canceled
	Interrupt bool            // give up what is being played or recognised, and what waits
	Context   Context
}

// Play accepts audio to be played: to everybody in the connection's main queue,
// to single participants beside it.
func (c *Connection) Play(ctx context.Context, play Play) error {
	return c.whenConnected(ctx, func() error {
		if len(play.To) == 0 {
			c.enqueue(c.newPlay(play, []speaker{c.toAll()}, nil), play.Interrupt)
			return nil
		}
		return c.playTo(play)
	})
}

// playTo plays to single participants.
func (c *Connection) playTo(play Play) error {
	listeners := make([]*participant, len(play.To))
	for i, who := range play.To {
		p := c.call.find(who)
		if p == nil {
			return errParticipantNotFound(who)
		}
		if p == c.self {
			return fault.Invalid("An application cannot play to itself (%s).", who).WithCode("8523")
		}
		listeners[i] = p
	}
	if busy := busyOne(listeners); busy != nil && !play.Interrupt {
		return fault.Precondition("Another media operation is in progress with %s.", busy.id).WithCode("8583")
	}
	speakers := make([]speaker, len(listeners))
	for i, p := range listeners {
		speakers[i] = toAlone(p)
	}
	return c.alongside(func() *operation { return c.newPlay(play, speakers, listeners) }, listeners[0], play.Interrupt)
}

func busyOne(list []*participant) *participant {
	for _, p := range list {
		if p.sub != nil {
			return p
		}
	}
	return nil
}

// newPlay plays to speakers; the ears of listeners are for it alone then.
func (c *Connection) newPlay(play Play, speakers []speaker, listeners []*participant) *operation {
	return c.newOperation(PlayOperation, play.Context, func(op *operation) Event {
		started := func() {
			c.call.post(func() {
				op.interruptMusic(listeners)
				c.call.publish(PlayStarted{op.head()})
			})
		}
		run := playAll
		if play.Loop {
			run = loopAll
		}
		return op.played(run(op.ctx, c.call.registry.cfg.Clips, play.Prompts, speakers, started))
	})
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
