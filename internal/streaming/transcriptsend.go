package streaming

import (
	"context"
	"time"

	"github.com/gobwas/ws"

	"github.com/switchhook/switchhook/internal/speech"
	"github.com/switchhook/switchhook/internal/websocket"
)

// serve sends what was understood until the connection breaks or the transcription ends.
func (t *Transcript) serve(c *websocket.Conn) error {
	t.dialer.Counts.Open.Add(1)
	defer t.dialer.Counts.Open.Add(-1)
	defer c.Close()
	broken := make(chan error, 1)
	t.work.Go(func() { broken <- discard(c) })
	if err := c.Write(ws.OpText, appendTranscriptionMetadata(nil, t.config())); err != nil {
		return err
	}
	ping := time.NewTicker(websocket.PingEvery)
	defer ping.Stop()
	for {
		select {
		case message := <-t.messages:
			if err := c.Write(ws.OpText, message); err != nil {
				return err
			}
		case <-ping.C:
			if err := c.Write(ws.OpPing, nil); err != nil {
				return err
			}
		case err := <-broken:
			return err
		case <-t.ctx.Done():
			t.sendRest(c)
			c.GoAway()
			return context.Cause(t.ctx)
		}
	}
}

// sendRest sends what waits when the transcription ends.
func (t *Transcript) sendRest(c *websocket.Conn) {
	for {
		select {
		case message := <-t.messages:
			if c.Write(ws.OpText, message) != nil {
				return
			}
		default:
			return
		}
	}
}

// discard reads what an application sends, which is of no use here, until the
// connection breaks.
func discard(c *websocket.Conn) error {
	for {
		if _, _, err := c.Read(); err != nil {
			return err
		}
	}
}

// tell queues a result for the application; the oldest message gives way.
func (t *Transcript) tell(who string, r speech.Result) {
	cfg := t.config()
	if r.Text == "" || !r.Final && !cfg.Intermediate {
		return
	}
	if len(cfg.Locales) < 2 {
		r.Language = "" // it was not identified
	}
	if t.told != nil {
		t.told(who, r)
		return
	}
	for _, message := range transcriptions(who, r) {
		t.queue(message)
	}
}

// queue keeps a message until it is sent.
func (t *Transcript) queue(message []byte) {
	for {
		select {
		case t.messages <- message:
			return
		default:
		}
		select {
		case <-t.messages:
			t.dialer.Counts.Dropped.Add(1)
		default:
		}
	}
}
