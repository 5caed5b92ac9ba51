package streaming

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/outbound"
	"github.com/switchhook/switchhook/internal/panics"
	"github.com/switchhook/switchhook/internal/speech"
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
	legs   sync.WaitGroup
	work   sync.WaitGroup // all else

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

// lastWords is how long the results are waited for of what was said until the end.
const lastWords = 4 * time.Second

// Close ends the transcription, whose listeners have left the mix or are about to, and
// waits until it has. What was said until then is told before. It must not be called by
// Report.
func (t *Transcript) Close() {
	if t.told == nil {
		t.hearOut()
	}
	t.cancel(errSocketEnd)
	t.legs.Wait()
	t.work.Wait()
}

// hearOut waits until what was said is understood.
func (t *Transcript) hearOut() {
	understood := make(chan struct{})
	t.work.Go(func() { t.legs.Wait(); close(understood) })
	patience := time.NewTimer(lastWords)
	defer patience.Stop()
	select {
	case <-understood:
	case <-patience.C:
	case <-t.ctx.Done():
	}
}

// Participant returns a listener of one leg of a participant.
func (t *Transcript) Participant(who string) audio.Listener {
	ear := audio.NewQueue(4*audio.FramesPerSecond, 5)
	t.legs.Go(func() {
		err := panics.Try(t.log, panics.Stream, func() error { newLegTranscriber(t, who, ear).run(); return nil })
		if err != nil {
			t.fail(err, false)
		}
	})
	return ear
}

// run is the transcription's goroutine.
func (t *Transcript) run() {
	var interrupted bool
	err := panics.Try(t.log, panics.Stream, func() (err error) {
		interrupted, err = t.keepOpen()
		return err
	})
	t.fail(err, interrupted)
}

// keepOpen asks whether speech can be understood, and sends what was said until the end.
func (t *Transcript) keepOpen() (interrupted bool, err error) {
	probe, err := t.recognizer.Listen(t.ctx, t.listening())
	if err != nil {
		return false, err
	}
	probe.Close()
	cfg := t.config()
	to := Config{URL: cfg.URL, ConnectionID: cfg.ConnectionID, CorrelationID: cfg.CorrelationID}
	return t.dialer.keepOpen(t.ctx, t.log, to, func() { t.report(Opened{}) }, t.serve)
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
