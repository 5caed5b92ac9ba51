package call

import (
	"context"
	"maps"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/streaming"
)

// Streaming is how an application wants the call's audio over a WebSocket of its
// own: what create, answer and connect set up, and a start begins.
type Streaming struct {
	URL           string // ws or wss; "": none was given, and a start is refused
	Rate          int    // in Hz: 16000 or 24000
	Unmixed       bool   // every participant by itself
	Bidirectional bool   // the application speaks too
	Tones         bool   // keys are told
	AtOnce        bool   // it starts when the call is up
}

// Streams opens streams.
type Streams interface {
	Open(streaming.Config, func(streaming.Report)) Stream
}

// Stream is the call's audio on its way to an application, and back. Its methods do
// not block, except Close, which waits for the end.
type Stream interface {
	audio.Source
	Done() <-chan struct{} // closed when the application is not heard any more
	Mix() audio.Listener
	Participant(who string) audio.Listener
	Tone(who, key string)
	Deafen(yes bool) // participants are silent in an unmixed stream
	Close()
}

// mediaStream is the stream of a connection that goes on.
//
//	(none) ──start──▶ opening ──opened──▶ active ──stop, end of the call──▶ (none)
//	                      └───────────────failed──────────────────────────▶ (none)
//
// It is an operation; MediaStreamingStopped or MediaStreamingFailed ends it.
type mediaStream struct {
	Stream
	options Streaming
	leave   map[*endpoint]func() // takes its listeners out: nil's the whole mix's
}

// StartStreaming starts the stream that was set up. Starting twice is starting once;
// both are told.
func (c *Connection) StartStreaming(ctx context.Context, what Context) error {
	return c.whenConnected(ctx, func() error {
		if c.control.Streaming == nil || c.control.Streaming.URL == "" {
			return StreamingNotSetUp.because("Media streaming was not set up: mediaStreamingOptions with a transportUrl belong in the request that creates, answers or connects the call.")
		}
		if op := c.streamOperation(); op != nil {
			op.startAgain(what, func(h Head) Event { return MediaStreamingStarted{h} })
		} else {
			c.openStream(what)
		}
		return nil
	})
}

// startStreamingAtOnce starts a stream that was asked for with the call.
func (c *Connection) startStreamingAtOnce() {
	if s := c.control.Streaming; s != nil && s.AtOnce && s.URL != "" {
		c.openStream(Context{Operation: c.control.Context})
	}
}

// StopStreaming stops the stream; the event goes where the stop asks for.
func (c *Connection) StopStreaming(ctx context.Context, what Context) error {
	return c.whenConnected(ctx, func() error {
		op := c.streamOperation()
		if op == nil {
			return NotStreaming.because("Media streaming was not started.")
		}
		op.end(MediaStreamingStopped{op.headFor(what)})
		return nil
	})
}

// streamOperation finds the stream that goes on.
func (c *Connection) streamOperation() *operation {
	for _, op := range c.operations {
		if op.Kind == StreamOperation {
			return op
		}
	}
	return nil
}

// openStream accepts a stream and lets it hear the call.
func (c *Connection) openStream(what Context) {
	options := *c.control.Streaming
	op := c.begin(work{kind: StreamOperation, what: what})
	s := &mediaStream{options: options, leave: make(map[*endpoint]func())}
	c.stream = s
	s.Stream = c.call.registry.cfg.Streams.Open(streaming.Config{
		URL: options.URL, Subscription: c.streamID, ConnectionID: c.id, CorrelationID: c.call.correlationID,
		Rate: options.Rate, Unmixed: options.Unmixed, Bidirectional: options.Bidirectional, Tones: options.Tones,
	}, func(r streaming.Report) {
		c.call.post(func() { op.streamReported(r) })
	})
	op.after = func() { c.closeStream(s) }
	s.Deafen(c.onHold())
	c.call.hearStream(c, s)
}

// onHold reports whether another application has put this one on hold.
func (c *Connection) onHold() bool { return c.self.who != nil && c.self.who.held }

// streamsFollowHold keeps from an unmixed stream what its application does not hear while
// it is on hold. Of a mixed one the mix does.
func (c *Call) streamsFollowHold() {
	for _, conn := range c.connections {
		if conn.stream != nil {
			conn.stream.Deafen(conn.onHold())
		}
	}
}

// hearStream puts a stream's listeners into the mix. It hears what its application
// hears as a participant: not what that one says, prompts included, since a voice agent
// would interrupt itself, but what others play to that one alone. An unmixed stream has
// what each participant says, and so nothing of that: nobody says it in the call.
func (c *Call) hearStream(conn *Connection, s *mediaStream) {
	mix := c.sound()
	s.leave[nil] = mix.Hear(s.Mix(), Hearing{As: conn.self.member})
	for _, e := range c.endpoints {
		if e.listed() {
			s.hear(conn, e)
		}
	}
	if s.options.Bidirectional {
		mix.Rise()
		conn.self.app.Add(s)
	}
}

// hear lets an unmixed stream hear an endpoint that is in the call.
func (s *mediaStream) hear(conn *Connection, e *endpoint) {
	maps.DeleteFunc(s.leave, func(other *endpoint, _ func()) bool { return other != nil && other.member == nil })
	if s.options.Unmixed && e != conn.self && e.member != nil {
		s.leave[e] = e.member.Hear(s.Participant(e.who.id.Raw()))
	}
}

// closeStream ends a stream. Closing waits for the network, so the call does not.
func (c *Connection) closeStream(s *mediaStream) {
	c.stream = nil
	for _, leave := range s.leave {
		leave()
	}
	c.call.closeBeside(s.Close)
}

// streamReported takes the news of a stream.
func (op *operation) streamReported(r streaming.Report) {
	switch r := r.(type) {
	case streaming.Opened:
		op.tell(MediaStreamingStarted{op.head()})
		op.tellAgain(func(h Head) Event { return MediaStreamingStarted{h} })
	case streaming.Failed:
		op.tellAgain(func(h Head) Event { return MediaStreamingFailed{Head: h, Interrupted: r.Interrupted, Cause: r.Err} })
		op.end(MediaStreamingFailed{Head: op.head(), Interrupted: r.Interrupted, Cause: r.Err})
	}
}
