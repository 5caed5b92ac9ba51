package call

import (
	"context"
	"errors"
)

// holdMusic is what a held participant hears again and again. Its operation tells
// the application, which may leave before it: the participant goes on hearing it.
// Applications of GA versions get none of its events but a failure (the recordings
// of the service).
type holdMusic struct {
	op     *operation
	cancel context.CancelFunc // of the sound
	heard  bool               // it has started and is not over
}

// startMusic lets a participant hear the music, or the server's own where it names
// none, of which no event tells.
func (c *Connection) startMusic(p *participant, hold Hold) *holdMusic {
	m := &holdMusic{op: c.begin(work{kind: HoldOperation, what: hold.Context})}
	var ctx context.Context
	ctx, m.cancel = context.WithCancel(context.Background())
	var speakers []speaker
	for _, e := range p.endpoints() {
		speakers = append(speakers, speaker{say: func(p Playback) { e.private.setMusic(p) }})
	}
	post := c.call.post
	play := func(music Prompt, started func()) (failed *sourceError) {
		errors.As(playAll(ctx, c.call.registry.cfg.Prompts, []Prompt{music}, true, speakers, started), &failed)
		return failed
	}
	c.call.work.Go(func() {
		if hold.Music == nil {
			if failed := play(OwnMusic{}, func() {}); failed != nil {
				c.call.log.Warn("configured hold music is not played; the generated one is", "error", failed.cause)
				play(OwnMusic{Generated: true}, func() {})
			}
			return
		}
		if failed := play(hold.Music, func() { post(func() { m.started(ctx) }) }); failed != nil {
			post(func() { m.op.end(HoldFailed{m.op.head(), failed.cause}) }) // the hold itself stands
		}
	})
	return m
}

func (m *holdMusic) started(ctx context.Context) {
	if ctx.Err() == nil {
		m.heard = true
		m.op.tell(HoldAudioStarted{m.op.head()})
	}
}

// stop ends the music.
func (m *holdMusic) stop() {
	m.cancel()
	if m.heard {
		m.heard = false
		m.op.end(HoldAudioCompleted{m.op.head()})
		return
	}
	m.op.end()
}

// tell publishes an event of an operation that goes on.
func (op *operation) tell(e Event) {
	if op.state != ended {
		op.conn.call.publish(e)
	}
}

// pauseMusic tells that a prompt is heard in place of the music of hold.
func (op *operation) pauseMusic() {
	for _, p := range op.with {
		if m := p.music; m != nil && m.heard {
			op.paused = append(op.paused, m)
			m.op.tell(HoldAudioPaused{m.op.head()})
		}
	}
}

// resumeMusic tells that the music is heard again, where it was not ended.
func (op *operation) resumeMusic() {
	for _, m := range op.paused {
		if m.heard {
			m.op.tell(HoldAudioResumed{m.op.head()})
		}
	}
}
