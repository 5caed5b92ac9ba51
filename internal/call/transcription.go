package call

import (
	"context"
	"maps"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/streaming"
)

// Transcription is how an application wants what is said in the call, as text: what
// create, answer and connect set up, and a start begins.
type Transcription struct {
	URL          string // ws or wss; "": none was given, and a start is refused
	Locale       string
	Locales      []string // that the speakers may use; none: Locale alone
	Model        string
	Intermediate bool
	AtOnce       bool // it starts when the call is up
}

// Transcripts opens transcriptions.
type Transcripts interface {
	Transcribe(streaming.TranscriptConfig, func(streaming.Report)) Transcript
	// Caption opens one for the people in the call.
	Caption(streaming.CaptionConfig) Transcript
}

// Transcript is what is said, on its way to an application. Its methods do not block,
// except Close, which waits for the end.
type Transcript interface {
	Participant(who string) audio.Listener
	Update(locale, model string)
	Close()
}

// transcription is that of a connection that goes on; its states are those of a
// mediaStream. It is an operation; TranscriptionStopped or TranscriptionFailed ends it.
type transcription struct {
	Transcript
	op     *operation
	locale string
	leave  map[*endpoint]func() // takes its listeners out of the mix
}

// StartTranscription starts the transcription that was set up; languages, the main one
// first, and a model that is not "" take the place of what was set up. Starting twice is
// starting once; both are told.
func (c *Connection) StartTranscription(ctx context.Context, languages []string, model string, what Context) error {
	return c.whenConnected(ctx, func() error {
		set := c.control.Transcription
		if set == nil || set.URL == "" {
			return TranscriptionNotSetUp.because("Transcription was not set up: transcriptionOptions with a transportUrl belong in the request that creates, answers or connects the call.")
		}
		switch t := c.transcription; {
		case t != nil:
			t.op.startAgain(what, func(h Head) Event { return TranscriptionStarted{h} })
		case len(languages) == 0 && set.Locale == "":
			return LocaleMissing.because("A language with its region such as en-US is required, here or in the transcriptionOptions.")
		default:
			c.openTranscription(languages, orElse(model, set.Model), what)
		}
		return nil
	})
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// startTranscriptionAtOnce starts a transcription that was asked for with the call.
func (c *Connection) startTranscriptionAtOnce() {
	if t := c.control.Transcription; t != nil && t.AtOnce && t.URL != "" {
		c.openTranscription(nil, t.Model, Context{Operation: c.control.Context})
	}
}

// UpdateTranscription changes the language and the model of what is said from now on.
func (c *Connection) UpdateTranscription(ctx context.Context, locale, model string, what Context) error {
	return c.whenConnected(ctx, func() error {
		t := c.transcription
		switch {
		case c.origin == ConnectOperation:
			return TranscriptionFixed.because("The transcription of a connection that was made by connect cannot be updated.")
		case t == nil:
			return NotTranscribing.because("Transcription was not started.")
		}
		t.locale = orElse(locale, t.locale)
		t.Update(t.locale, model)
		c.call.publish(TranscriptionUpdated{t.op.headFor(what)})
		return nil
	})
}

// StopTranscription stops the transcription; the event goes where the stop asks for.
func (c *Connection) StopTranscription(ctx context.Context, what Context) error {
	return c.whenConnected(ctx, func() error {
		if c.transcription == nil {
			return NotTranscribing.because("Transcription was not started.")
		}
		op := c.transcription.op
		op.end(TranscriptionStopped{op.headFor(what)})
		return nil
	})
}

// openTranscription accepts a transcription and lets it hear the participants. Languages
// take the place of those that were set up; none: they do not.
func (c *Connection) openTranscription(languages []string, model string, what Context) {
	locale, locales := c.control.Transcription.Locale, c.control.Transcription.Locales
	if len(languages) > 0 {
		locale, locales = languages[0], languages
	}
	op := c.begin(work{kind: TranscriptionOperation, what: what})
	t := &transcription{op: op, locale: locale, leave: make(map[*endpoint]func())}
	c.transcription = t
	t.Transcript = c.call.registry.cfg.Transcripts.Transcribe(streaming.TranscriptConfig{
		URL: c.control.Transcription.URL, Subscription: c.transcriptionID, ConnectionID: c.id, CorrelationID: c.call.correlationID,
		Locale: locale, Locales: locales, Model: model, Endpoints: c.control.speechEndpoints(), Intermediate: c.control.Transcription.Intermediate,
	}, func(r streaming.Report) {
		c.call.post(func() { op.transcriptionReported(r) })
	})
	op.after = func() { c.closeTranscription(t) }
	for _, e := range c.call.endpoints {
		if e.listed() {
			t.hear(e)
		}
	}
	c.call.tellSeats()
}

// hear lets a transcription hear an endpoint that is in the call. What applications
// play or stream is not transcribed.
func (t *transcription) hear(e *endpoint) {
	maps.DeleteFunc(t.leave, func(other *endpoint, _ func()) bool { return other.member == nil })
	if e.leg != nil && e.member != nil {
		t.leave[e] = e.member.Hear(t.Participant(e.who.id.Raw()))
	}
}

// closeTranscription ends a transcription. Closing waits for the network, so the call
// does not.
func (c *Connection) closeTranscription(t *transcription) {
	c.transcription = nil
	for _, leave := range t.leave {
		leave()
	}
	c.call.closeBeside(t.Close)
	c.call.tellSeats()
}

// transcriptionReported takes the news of a transcription.
func (op *operation) transcriptionReported(r streaming.Report) {
	switch r := r.(type) {
	case streaming.Opened:
		op.tell(TranscriptionStarted{op.head()})
		op.tellAgain(func(h Head) Event { return TranscriptionStarted{h} })
	case streaming.Failed:
		op.tellAgain(func(h Head) Event { return TranscriptionFailed{Head: h, Interrupted: r.Interrupted, Cause: r.Err} })
		op.end(TranscriptionFailed{Head: op.head(), Interrupted: r.Interrupted, Cause: r.Err})
	}
}
