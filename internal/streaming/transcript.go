package streaming

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gobwas/ws"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/outbound"
	"github.com/switchhook/switchhook/internal/speech"
	"github.com/switchhook/switchhook/internal/websocket"
)

// TranscriptConfig is what an application wants transcribed, and where to.
type TranscriptConfig struct {
	URL           string // ws or wss, as Address returns it
	Subscription  string // the subscriptionId
	ConnectionID  string // the callConnectionId
	CorrelationID string
	Locale        string           // BCP 47 with a region
	Locales       []string         // among which the language is identified; one or none: it is Locale
	Model         string           // the deployment of a trained model, or ""
	Endpoints     speech.Endpoints // that the application named
	Intermediate  bool             // hypotheses are sent too
}

// maxTranscripts bounds the messages that wait for the connection. The oldest is
// dropped.
const maxTranscripts = 256

// Transcript is what the participants of a call say, as text on its way to an
// application. Each participant has a transcriber, so that everybody is named.
//
// Its states are those of a Stream.
type Transcript struct {
	dialer     *Dialer
	recognizer speech.Recognizer
	log        *slog.Logger
	report     func(Report)

	messages chan []byte
	told     func(who string, r speech.Result) // of captions; nil: an application is told
	began    atomic.Uint64                     // the tick of the first frame, plus one; 0: none has come
	failures atomic.Int32                      // utterances in a row that no provider took

	ctx    context.Context
	cancel context.CancelCauseFunc
	work   sync.WaitGroup

	mu  sync.Mutex
	cfg TranscriptConfig
}

// Transcribe starts a transcription: it connects, and reports what came of it. Report
// never blocks.
func (d *Dialer) Transcribe(cfg TranscriptConfig, recognizer speech.Recognizer, report func(Report)) *Transcript {
	t := &Transcript{
		dialer: d, recognizer: recognizer, report: report, cfg: cfg, messages: make(chan []byte, maxTranscripts),
		log: d.Log.With("connection", cfg.ConnectionID, "transcription", outbound.Address(cfg.URL)),
	}
	t.ctx, t.cancel = context.WithCancelCause(context.Background())
	t.work.Go(t.run)
	return t
}

// Update changes the language and the model of what is said from now on.
func (t *Transcript) Update(locale, model string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if locale != "" {
		t.cfg.Locale, t.cfg.Locales = locale, nil
	}
	t.cfg.Model = model
}

func (t *Transcript) config() TranscriptConfig {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.cfg
}

// Close ends the transcription and waits until it has. It must not be called by Report.
func (t *Transcript) Close() {
	t.cancel(errSocketEnd)
	t.work.Wait()
}

// Participant returns a listener of one leg of a participant.
func (t *Transcript) Participant(who string) audio.Listener {
	ear := audio.NewQueue(4*audio.FramesPerSecond, 5)
	t.work.Go(func() { newScribe(t, who, ear).run() })
	return ear
}

// run is the transcription's goroutine.
func (t *Transcript) run() {
	probe, err := t.recognizer.Listen(t.ctx, t.listening())
	if err != nil {
		t.fail(err, false)
		return
	}
	probe.Close()
	opened := false
	for {
		cfg := t.config()
		socket, err := t.dialer.connect(t.ctx, t.log, Config{URL: cfg.URL, ConnectionID: cfg.ConnectionID, CorrelationID: cfg.CorrelationID}, opened)
		if err != nil {
			t.fail(err, opened)
			return
		}
		if !opened {
			opened = true
			t.report(Opened{})
		}
		if err = t.serve(socket, cfg); t.ctx.Err() != nil {
			return
		}
		t.log.Warn("the transcription was interrupted; connecting again", "error", err)
	}
}

// listening is how participants are to be understood now.
func (t *Transcript) listening() speech.Listening {
	cfg := t.config()
	languages := cfg.Locales
	if len(languages) < 2 {
		languages = []string{cfg.Locale}
	}
	return speech.Listening{
		Languages: languages, Model: cfg.Model, Rate: playoutRate, Intermediate: cfg.Intermediate, Words: true, Endpoints: cfg.Endpoints,
	}
}

// fail reports that the transcription is over, unless it was closed.
func (t *Transcript) fail(err error, interrupted bool) {
	if t.ctx.Err() != nil {
		return
	}
	t.cancel(err)
	t.dialer.Counts.Failures.Add(1)
	t.log.Warn("the transcription has failed", "error", err)
	t.report(Failed{err, interrupted})
}

// serve sends what was understood until the connection breaks or the transcription ends.
func (t *Transcript) serve(c *websocket.Conn, cfg TranscriptConfig) error {
	t.dialer.Counts.Open.Add(1)
	defer t.dialer.Counts.Open.Add(-1)
	defer c.Close()
	broken := make(chan error, 1)
	t.work.Go(func() { broken <- discard(c) })
	if err := c.Write(ws.OpText, appendTranscriptionMetadata(nil, cfg)); err != nil {
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
			c.GoAway()
			return context.Cause(t.ctx)
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
