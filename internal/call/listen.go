package call

import (
	"context"
	"errors"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/speech"
	"github.com/switchhook/switchhook/internal/speech/voice"
)

// Bounds of a recognition of speech.
const (
	// longestUtterance ends what somebody says without a pause.
	longestUtterance = 60 * time.Second
	// lastHypothesis is how long a final result is waited for where a hypothesis is
	// there already, and lastResult where none is.
	lastHypothesis = 1200 * time.Millisecond
	lastResult     = 10 * time.Second
)

// listening is a recognition of speech or of choices, on its own goroutine:
//
//	prompting ──end, key or speech──▶ awaiting ──speech──▶ hearing ──end silence──▶ understanding ──▶ (done)
//	                                     └──initial silence──▶ (done)
//
// The voice detector owns its times; the provider only transcribes. A key ends it
// in any state but understanding, as far as keys are wanted.
type listening struct {
	op    *operation
	r     Recognize
	ear   *audio.Queue // what it hears
	state listeningState

	turn    *voice.Turn
	wide    voice.Widener
	recent  voice.PreRoll
	spoken  time.Duration // of the present utterance
	first   audio.Tick
	started bool

	text     speech.Transcriber // nil: none is to be had
	textErr  error              // why
	best     string             // the present hypothesis
	finals   []speech.Result
	prompt   *promptPlaying
	patience *time.Timer // in awaiting and understanding
}

type listeningState uint8

const (
	prompting listeningState = iota
	awaiting
	hearing
	understanding
)

// listen runs on the operation's goroutine.
func (c *Connection) listen(op *operation, r Recognize, frames *audio.Queue) Event {
	drain(op.tones) // pressed while it waited for its turn
	for ok := true; ok; {
		_, ok = frames.Next()
	}
	l := &listening{op: op, r: r, ear: frames, turn: voice.NewTurn(), patience: time.NewTimer(time.Hour)}
	defer l.patience.Stop()
	l.text, l.textErr = c.transcriber(op.ctx, r)
	if l.text != nil {
		defer l.text.Close()
	}
	l.prompt = c.startPrompt(op, r)
	defer l.prompt.stop()
	if l.prompt == nil {
		l.await()
	}
	return l.run()
}

// transcriber opens a transcriber in the words of the recognition.
func (c *Connection) transcriber(ctx context.Context, r Recognize) (speech.Transcriber, error) {
	recognizer := c.call.registry.cfg.Recognizer
	if recognizer == nil {
		return nil, &speech.Error{Kind: speech.Unconfigured, Detail: "no speech to text is configured, and none is installed"}
	}
	want := speech.Listening{
		Languages: r.Languages, Closed: r.Input == ChoicesInput, Model: r.Model, Rate: voice.WideRate, Intermediate: true, Endpoints: c.control.speechEndpoints(),
	}
	for _, choice := range r.Choices {
		want.Phrases = append(want.Phrases, choice.Phrases...)
	}
	return recognizer.Listen(ctx, want)
}

// run waits for what comes next until the end is known.
func (l *listening) run() Event {
	for {
		var end Event
		select {
		case err := <-l.prompt.ended():
			end = l.promptEnded(err)
		case tone := <-l.op.tones:
			end = l.toneHeard(tone)
		case <-l.ear.Ready():
			end = l.hear()
		case result, open := <-l.results():
			end = l.understood(result, open)
		case <-l.patience.C:
			end = l.outOfPatience()
		case <-l.op.ctx.Done():
			end = RecognizeCanceled{l.op.head()}
		}
		if end != nil {
			return end
		}
	}
}

func (l *listening) results() <-chan speech.Result {
	if l.text == nil {
		return nil
	}
	return l.text.Results()
}

// failed is the end without a result.
func (l *listening) failed(by RecognizeEnd, cause error) Event {
	return RecognizeFailed{Head: l.op.head(), By: by, Cause: cause}
}

// promptEnded lets the initial silence begin.
func (l *listening) promptEnded(err error) Event {
	l.prompt.err, l.prompt = nil, nil
	var failed *sourceError
	switch {
	case errors.As(err, &failed):
		return RecognizeFailed{Head: l.op.head(), By: PromptFailed, Source: failed.index, Cause: failed.cause}
	case err != nil:
		return RecognizeCanceled{l.op.head()}
	case l.state == prompting:
		l.await()
	}
	return nil
}

// await waits for the first word or key. Somebody may speak already, over a prompt
// that could not be interrupted.
func (l *listening) await() {
	l.state = awaiting
	l.patience.Reset(l.r.InitialSilence)
	if l.turn.Speaking() {
		l.begin()
	}
}

// toneHeard takes a key. It counts until a word has been understood.
func (l *listening) toneHeard(tone Tone) Event {
	wanted := l.r.Input == ChoicesInput || l.r.Input == SpeechOrTonesInput
	if !wanted || l.state == prompting && !l.r.InterruptPrompt || l.state == understanding || l.best != "" || len(l.finals) > 0 {
		return nil
	}
	l.prompt.stop()
	if l.r.Input == SpeechOrTonesInput {
		return collect(l.op, l.r, []Tone{tone})
	}
	for _, choice := range l.r.Choices {
		if choice.Tone == tone {
			return RecognizeCompleted{Head: l.op.head(), Input: ChoicesInput, By: ChoiceByTone, Said: Said{Label: choice.Label}}
		}
	}
	return l.failed(WrongTone, nil)
}
