package provider

import (
	"time"

	"github.com/switchhook/switchhook/internal/websocket"
)

// order is sound that is to be sent, or the end of an utterance.
type order struct {
	offset  time.Duration
	samples []int16
	finish  bool
}

// obey sends what waits, as far as the protocol is ready for it. It returns when the
// protocol will be; below zero: after a message; 0: nothing waits.
func (t *stream) obey(c *websocket.Conn) (time.Duration, error) {
	for o := range t.orders.Take {
		t.waiting = append(t.waiting, o)
	}
	for len(t.waiting) > 0 {
		if wait := t.say.ready(); wait != 0 {
			return wait, nil
		}
		if err := t.send(c, &t.waiting[0]); err != nil {
			return 0, err
		}
		if o := t.waiting[0]; o.finish || len(o.samples) == 0 {
			t.waiting = t.waiting[1:]
		}
	}
	t.waiting = nil
	return 0, nil
}

// send takes of an order what fits into 100 ms.
func (t *stream) send(c *websocket.Conn, o *order) error {
	if !o.finish {
		if len(t.chunk.samples) == 0 {
			t.chunk.offset = o.offset
		}
		n := min(len(o.samples), t.full-len(t.chunk.samples))
		t.chunk.samples = append(t.chunk.samples, o.samples[:n]...)
		o.samples, o.offset = o.samples[n:], o.offset+time.Duration(n)*100*time.Millisecond/time.Duration(t.full)
		t.queued.Add(-int64(n))
		if len(t.chunk.samples) < t.full {
			return nil
		}
	}
	if len(t.chunk.samples) > 0 {
		t.spoke = time.Now()
		err := t.say.sound(c, t.chunk.offset, t.chunk.samples)
		t.chunk.samples = t.chunk.samples[:0]
		if err != nil {
			return err
		}
	}
	if o.finish {
		return t.say.finish(c)
	}
	return nil
}
