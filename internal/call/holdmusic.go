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
	music  Prompt
	ctx    context.Context // of the sound
	cancel context.CancelFunc
	heard  bool // it has started and is not over
}

// startMusic lets a participant hear the music, or the server's own where it names
// none, of which no event tells.
func (c *Connection) startMusic(p *participant, hold Hold) *holdMusic {
	m := &holdMusic{op: c.begin(work{kind: HoldOperation, what: hold.Context}), music: hold.Music}
	m.ctx, m.cancel = context.WithCancel(context.Background())
	post := c.call.post
	m.playTo(p.endpoints(), func() { post(m.started) }, func(cause error) {
		post(func() { m.op.end(HoldFailed{m.op.head(), cause}) }) // the hold itself stands
	})
	return m
}

// playTo lets endpoints hear the music. Of the server's own nothing is told.
func (m *holdMusic) playTo(list []*endpoint, started func(), failed func(cause error)) {
	c := m.op.conn.call
	var speakers []speaker
	for _, e := range list {
		speakers = append(speakers, speaker{say: func(p Playback) { e.private.setMusic(p) }, gone: e.private.left()})
	}
	play := func(music Prompt, started func()) (failed *sourceError) {
		errors.As(c.playAll(m.ctx, []Prompt{music}, true, speakers, started), &failed)
		return failed
	}
	c.work.Go(func() {
		if m.music == nil {
			if failed := play(OwnMusic{}, func() {}); failed != nil {
				c.log.Warn("configured hold music is not played; the generated one is", "error", failed.cause)
				play(OwnMusic{Generated: true}, func() {})
			}
			return
		}
		if why := play(m.music, started); why != nil {
			failed(why.cause)
		}
	})
}

// hear lets a device that comes to a held participant hear the music too; nil: there is
// none.
func (m *holdMusic) hear(e *endpoint) {
	if m != nil && e.member != nil {
		m.playTo([]*endpoint{e}, func() {}, func(error) {}) // the first device is told of
	}
}

func (m *holdMusic) started() {
	if m.ctx.Err() == nil {
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
