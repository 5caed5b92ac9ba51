package call

import (
	"slices"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/identifier"
)

// echo is what answers a call to an echo number: it says what it hears, one frame
// later, and presses the keys that it is pressed. No application hears of it.
type echo struct {
	mirror mirror
}

// echoes reports whether a number answers by itself.
func (r *Registry) echoes(id identifier.ID) bool {
	return id.Kind() == identifier.PhoneNumber && slices.Contains(r.cfg.EchoNumbers, id.Number())
}

// takeEcho answers a call to an echo number at once.
func (r *Registry) takeEcho(in Invitation, leg Leg) (report func(Report), err error) {
	return start(r, func(c *Call) func(Report) {
		caller := newCaller(in, leg)
		caller.call = c
		c.detailInvitation(in)
		c.answerEcho(caller)
		return caller.report
	})
}

func (c *Call) answerEcho(caller *endpoint) {
	c.echo = &echo{}
	c.endpoints = append(c.endpoints, caller)
	caller.step(LegCame)
	caller.join = &join{
		up: func(*endpoint) {
			c.sound().Join(&c.echo.mirror)
			c.limitDuration()
		},
		down: func(_ *endpoint, why Reason) { c.finish(why, nil) },
	}
	c.log.Debug("call to an echo number", "from", caller.id)
	caller.leg.Answer()
}

// mirror is a port that says what it has heard. It is the shard's.
type mirror struct {
	heard [WideRate / audio.FramesPerSecond]int16
	size  int // of the frame; 0 is silence
}

// ReadFrame gives what was heard last. A frame of another length is of the tick
// before the call's rate rose.
func (m *mirror) ReadFrame(f audio.Frame) bool {
	return m.size > 0 && copy(f, m.heard[:m.size]) == len(f)
}

// WriteFrame takes what is heard now.
func (m *mirror) WriteFrame(f audio.Frame) { m.size = copy(m.heard[:], f) }
