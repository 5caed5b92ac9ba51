package call

import (
	"context"
	"errors"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
)

// music is what a held participant hears again and again, and what its
// application is told of it. Applications of GA versions get none of it but a
// failure (the recordings of the service).
type music struct {
	conn  *Connection // which holds
	op    Operation
	stop  context.CancelFunc
	heard bool // it has started and is not over
}

// startMusic lets a participant hear the music, or the beep where there is none.
func (c *Connection) startMusic(p *participant, hold Hold) *music {
	m := &music{conn: c, op: Operation{Kind: HoldOperation, Context: hold.Context.Operation, CallbackURI: hold.Context.CallbackURI}}
	var ctx context.Context
	ctx, m.stop = context.WithCancel(context.Background())
	if hold.Music == nil {
		p.ear.hold(holdBeep())
		return m
	}
	post := c.call.post
	started := func() { post(func() { m.started(ctx) }) }
	c.call.work.Go(func() {
		err := loopAll(ctx, c.call.registry.cfg.Clips, []Prompt{*hold.Music}, []speaker{{say: p.ear.hold}}, started)
		var failed *sourceError
		if errors.As(err, &failed) {
			post(func() { m.tell(HoldFailed{c.head(m.op), failed.cause}) }) // the hold itself stands
		}
	})
	return m
}

func (m *music) started(ctx context.Context) {
	if ctx.Err() == nil {
		m.heard = true
		m.tell(HoldAudioStarted{m.conn.head(m.op)})
	}
}

// end stops the music.
func (m *music) end() {
	m.stop()
	if m.heard {
		m.heard = false
		m.tell(HoldAudioCompleted{m.conn.head(m.op)})
	}
}

func (m *music) tell(e Event) {
	if m.conn.state < Disconnecting {
		m.conn.call.publish(e)
	}
}

// interruptMusic tells that a prompt is heard in place of the music of hold.
func (op *operation) interruptMusic(listeners []*participant) {
	for _, p := range listeners {
		if m := p.music; m != nil && m.heard {
			op.interrupted = append(op.interrupted, m)
			m.tell(HoldAudioPaused{m.conn.head(m.op)})
		}
	}
}

// resumeMusic tells that the music is heard again, where it was not ended.
func (op *operation) resumeMusic() {
	for _, m := range op.interrupted {
		if m.heard {
			m.tell(HoldAudioResumed{m.conn.head(m.op)})
		}
	}
}

// holdBeep says that one is not forgotten: a short soft tone every five seconds.
func holdBeep() audio.Source {
	return audio.Cadence(audio.NewOscillator(-30, 440), 200*time.Millisecond, 4800*time.Millisecond)
}
