package streaming

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/outbound"
	"github.com/switchhook/switchhook/internal/panics"
	"github.com/switchhook/switchhook/internal/websocket"
)

// Config is what an application wants streamed, and where to.
type Config struct {
	URL           string // ws or wss, as Address returns it
	Subscription  string // the subscriptionId
	ConnectionID  string // the callConnectionId
	CorrelationID string
	Rate          int  // of the messages' audio, in Hz: 16000 or 24000
	Unmixed       bool // a message for each participant, the four most dominant ones, instead of one for all
	Bidirectional bool // the application speaks too
	Tones         bool // keys are told
}

// Report is news of a stream. It is told by the stream's goroutine: Opened once at
// most, and Failed once at most, as the last one. A stream that was closed says
// nothing more.
type Report interface{ report() }

// Opened says that the application has taken the stream.
type Opened struct{}

// Failed says that the stream is over, and why.
type Failed struct {
	Err error
	// Interrupted says that it was open before.
	Interrupted bool
}

func (Opened) report() {}
func (Failed) report() {}

// Stream is the audio of a call on its way to an application, and back.
//
//	connecting ──▶ open ──▶ reconnecting ──▶ open … ──▶ closed
//	    └────────────────────────┴── no try is left ──▶ failed
type Stream struct {
	cfg    Config
	dialer *Dialer
	log    *slog.Logger
	report func(Report)

	pace    *audio.Queue // the whole mix without the application, a frame for each tick
	playout *playout
	stamps  stamps
	said    chan struct{} // closed when the application is not heard any more
	deaf    atomic.Bool   // nobody is heard in an unmixed stream
	notices atomic.Bool   // the application is told when somebody begins to speak, and when they have finished

	ctx    context.Context
	cancel context.CancelCauseFunc
	work   sync.WaitGroup

	mu       sync.Mutex // guards what follows
	speakers []*speaker
	tones    []toneMessage
	marks    []mark
	charged  uint64
}

// toneMessage is a key that was pressed.
type toneMessage struct {
	who, key string
	at       time.Time
}

// maxTones bounds the keys that wait for the connection.
const maxTones = 64

// Open starts a stream: it connects, and reports what came of it. Report never
// blocks.
func (d *Dialer) Open(cfg Config, report func(Report)) *Stream {
	s := &Stream{
		cfg: cfg, dialer: d, report: report, log: d.Log.With("connection", cfg.ConnectionID, "stream", outbound.Address(cfg.URL)),
		pace: audio.NewQueue(queuedFrames, 1), playout: newPlayout(), said: make(chan struct{}),
	}
	s.ctx, s.cancel = context.WithCancelCause(context.Background())
	s.work.Go(s.run)
	return s
}

// Mix returns the listener of the whole mix, without what this application says.
// It is the stream's clock: a frame comes with each tick.
func (s *Stream) Mix() audio.Listener { return s.pace }

// Participant returns a listener of one leg of a participant, for an unmixed stream.
func (s *Stream) Participant(who string) audio.Listener {
	e := newEar()
	s.mu.Lock()
	defer s.mu.Unlock()
	at := slices.IndexFunc(s.speakers, func(sp *speaker) bool { return sp.who == who })
	if at < 0 {
		at = len(s.speakers)
		s.speakers = append(s.speakers, &speaker{who: who})
	}
	s.speakers[at].ears = append(s.speakers[at].ears, e)
	return e
}

// Deafen makes participants silent in an unmixed stream, or lets them be heard again.
func (s *Stream) Deafen(yes bool) { s.deaf.Store(yes) }

// ReadFrame is what the application says; it implements audio.Source.
func (s *Stream) ReadFrame(f audio.Frame) bool { return s.playout.ReadFrame(f) }

// Done is closed when the application is not heard any more.
func (s *Stream) Done() <-chan struct{} { return s.said }

// Tone tells the application of a key that a participant has pressed: "0" to "9",
// "*", "#", "A" to "D".
func (s *Stream) Tone(who, key string) {
	if !s.cfg.Tones {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.tones) < maxTones {
		s.tones = append(s.tones, toneMessage{who, key, s.stamps.now()})
	}
}

// Close ends the stream and waits until it has. It must not be called by Report.
func (s *Stream) Close() {
	s.cancel(errSocketEnd)
	s.work.Wait()
}

// run is the stream's goroutine.
func (s *Stream) run() {
	defer s.fallSilent()
	var interrupted bool
	err := panics.Try(s.log, panics.Stream, func() (err error) {
		interrupted, err = s.dialer.keepOpen(s.ctx, s.log, s.cfg, func() { s.report(Opened{}) }, s.serve)
		return err
	})
	s.fail(err, interrupted)
}

// fail reports that the stream is over, unless it was closed.
func (s *Stream) fail(err error, interrupted bool) {
	if s.ctx.Err() != nil {
		return
	}
	s.dialer.Counts.Failures.Add(1)
	s.log.Warn("the stream has failed", "error", err)
	s.report(Failed{err, interrupted})
}

// serve carries frames until the connection breaks or the stream is closed.
func (s *Stream) serve(c *websocket.Conn) error {
	s.dialer.Counts.Open.Add(1)
	defer s.dialer.Counts.Open.Add(-1)
	broken, gone := make(chan error, 1), make(chan struct{})
	s.work.Go(func() {
		defer close(gone)
		broken <- panics.Try(s.log, panics.Stream, func() error { return s.receive(c) })
	})
	err := s.send(c, broken)
	if errors.Is(err, errSocketEnd) {
		c.GoAway()
	}
	c.Close()
	<-gone // the playout has one writer at a time
	return err
}

// fallSilent lets what the application says fade out, and then nobody reads it.
func (s *Stream) fallSilent() {
	s.cancel(errSocketEnd)
	s.playout.clear()
	s.settle(true)
	s.dialer.Counts.Gaps.Add(s.playout.gaps.Load())
	time.Sleep(3 * audio.FrameDuration)
	close(s.said)
}
