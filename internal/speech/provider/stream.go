package provider

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobwas/ws"

	"github.com/switchhook/switchhook/internal/inbox"
	"github.com/switchhook/switchhook/internal/speech"
	"github.com/switchhook/switchhook/internal/websocket"
)

const (
	// mostQueued bounds the sound that waits for a service, in samples of 16 kHz: what
	// was said before the connection broke, twice.
	mostQueued = 2 * 60 * 16000
	// tickEvery is how often a protocol is asked whether something is due.
	tickEvery = time.Second
)

// stream is a Transcriber over a WebSocket:
//
//	connecting ──▶ talking ──closed by the service, or by us──▶ over
//
// One goroutine speaks the protocol; another one, below it, only reads.
type stream struct {
	service
	say     protocol
	dial    func(context.Context) (*websocket.Conn, error)
	orders  *inbox.Inbox[order]
	queued  atomic.Int64 // samples in orders
	results chan speech.Result
	err     error // set before results is closed
	ctx     context.Context
	cancel  context.CancelFunc
	gone    chan struct{}

	// Of the goroutine that runs.
	waiting []order
	chunk   order     // is filled to 100 ms
	full    int       // samples of 100 ms
	spoke   time.Time // when sound was last sent
}

// newStream connects, beside the caller, and serves a speaker until ctx is done.
func newStream(ctx context.Context, s service, l speech.Listening, say protocol, dial func(context.Context) (*websocket.Conn, error)) *stream {
	t := &stream{
		service: s, say: say, dial: dial, orders: inbox.New[order](), results: make(chan speech.Result, 16), gone: make(chan struct{}), full: l.Rate / 10,
	}
	t.ctx, t.cancel = context.WithCancel(ctx)
	go t.run()
	return t
}

// Write implements speech.Transcriber.
func (t *stream) Write(offset time.Duration, samples []int16) {
	if t.queued.Add(int64(len(samples))) > mostQueued {
		t.queued.Add(-int64(len(samples)))
		return
	}
	t.orders.Put(order{offset: offset, samples: append([]int16(nil), samples...)})
}

// Finish implements speech.Transcriber.
func (t *stream) Finish() { t.orders.Put(order{finish: true}) }

// Results implements speech.Transcriber.
func (t *stream) Results() <-chan speech.Result { return t.results }

// Err implements speech.Transcriber.
func (t *stream) Err() error { return t.err }

// Close implements speech.Transcriber.
func (t *stream) Close() {
	t.cancel()
	<-t.gone
}

func (t *stream) run() {
	defer close(t.gone)
	defer close(t.results)
	defer t.cancel()
	c, err := t.dial(t.ctx)
	if err == nil {
		err = t.talk(c)
	}
	if t.ctx.Err() == nil {
		t.err = t.ended(err)
	}
	t.orders.Seal()
}

// incoming is a message of the service, or why there is none.
type incoming struct {
	kind    ws.OpCode
	message []byte
	err     error
}

// talk speaks the protocol until the connection breaks or is of no use any more.
func (t *stream) talk(c *websocket.Conn) error {
	in := make(chan incoming)
	var reading sync.WaitGroup
	defer reading.Wait()
	defer c.Close()
	ctx, stop := context.WithCancel(t.ctx)
	defer stop()
	reading.Go(func() { read(ctx, c, in) })
	if err := t.say.begin(c); err != nil {
		return err
	}
	tick, pinged := time.NewTicker(tickEvery), time.Now()
	defer tick.Stop()
	t.spoke = time.Now()
	pace := time.NewTimer(time.Hour)
	defer pace.Stop()
	for {
		wait, err := t.obey(c)
		if err != nil {
			return err
		}
		if wait > 0 {
			pace.Reset(wait)
		}
		select {
		case <-t.orders.Wake():
		case <-pace.C:
		case m := <-in:
			if err := t.hear(c, m); err != nil {
				return err
			}
		case now := <-tick.C:
			results, err := t.say.tick(c, now.Sub(t.spoke))
			if t.pass(results); err != nil {
				return err
			}
			if now.Sub(pinged) >= websocket.PingEvery {
				pinged = now
				if err := c.Write(ws.OpPing, nil); err != nil {
					return err
				}
			}
		case <-t.ctx.Done():
			t.say.end(c)
			c.GoAway()
			return nil
		}
	}
}

// read hands messages over until the connection breaks.
func read(ctx context.Context, c *websocket.Conn, in chan<- incoming) {
	for {
		kind, message, err := c.Read()
		select {
		case in <- incoming{kind, append([]byte(nil), message...), err}:
		case <-ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

// hear passes on what a message says.
func (t *stream) hear(c *websocket.Conn, m incoming) error {
	if m.err != nil {
		return m.err
	}
	results, err := t.say.take(c, m.kind, m.message)
	t.pass(results)
	return err
}

// pass passes results on.
func (t *stream) pass(results []speech.Result) {
	for _, r := range results {
		select {
		case t.results <- r:
		case <-t.ctx.Done():
			return
		}
	}
}
