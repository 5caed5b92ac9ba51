package call

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/switchhook/switchhook/internal/identifier"
)

// Recognize is input that an application wants from a participant.
type Recognize struct {
	Target          identifier.ID
	Input           Input
	Prompts         []Prompt
	InterruptPrompt bool          // a key, or speech where it is wanted, ends the prompt
	InitialSilence  time.Duration // from the prompt's end to the first key or word
	Interrupt       bool          // give up what is being played or recognised, and what waits
	Context         Context

	InterTone time.Duration // between keys
	MaxTones  int           // 0: no limit but the stop tone or silence
	StopTones []Tone

	Choices    []Choice
	EndSilence time.Duration // after the last word
	Languages  []string      // BCP 47, the first one is the main one; none: the provider's own
	Model      string        // the deployment of a trained model, or ""

	speaker speaker // to whom the prompts are played
}

// Input is what kind of input is wanted, or was given.
type Input uint8

// The kinds of input.
const (
	TonesInput         Input = iota
	ChoicesInput             // one of several, by a phrase or by a key
	SpeechInput              // whatever is said
	SpeechOrTonesInput       // the first kind of input decides
)

// Choice is one of several answers.
type Choice struct {
	Label   string   // what the application calls it
	Phrases []string // what says it
	Tone    Tone     // the key that says it; 0: none
}

// Recognize accepts to collect input. In a call of two ends it takes its turn in
// the main queue, and its prompts are played to all. In a group and in a room it
// goes on with its target alone, who alone hears its prompts, and is refused while
// another operation does.
func (c *Connection) Recognize(ctx context.Context, r Recognize) error {
	r.Prompts = c.spoken(r.Prompts)
	return c.whenConnected(ctx, func() error {
		target, err := c.another(r.Target, "recognize its own input")
		if err != nil {
			return err
		}
		w := work{
			kind: RecognizeOperation, what: r.Context, size: r.size(), with: []*participant{target}, tones: make(chan Tone, tonesAhead),
			run: func(op *operation) Event { return c.recognize(op, r) },
		}
		if r.Input != TonesInput {
			from, frames := target.listenTo()
			w.run = func(op *operation) Event { return c.listen(op, r, frames) }
			w.ear, w.after = from, from.close
		}
		if c.call.kind == twoParty {
			r.speaker = c.toAll()
			err = c.queue(w, r.Interrupt)
		} else {
			w.audience = audienceOf(target)
			r.speaker = w.audience.speaker()
			err = c.occupy(w, r.Interrupt)
		}
		if err != nil && w.after != nil {
			w.after() // nobody else does
		}
		return err
	})
}

// recognize runs on the operation's goroutine: the prompt, then the keys.
func (c *Connection) recognize(op *operation, r Recognize) Event {
	drain(op.tones) // pressed while it waited for its turn
	var first []Tone
	if len(r.Prompts) > 0 {
		tone, err := c.prompt(op, r)
		var failed *sourceError
		switch {
		case errors.As(err, &failed):
			return RecognizeFailed{Head: op.head(), By: PromptFailed, Source: failed.index, Cause: failed.cause}
		case err != nil:
			return RecognizeCanceled{op.head()}
		}
		if tone != 0 {
			first = []Tone{tone}
		}
	}
	return collect(op, r, first)
}

// prompt plays the prompts and returns the key that interrupted them, 0 where
// none did. Keys pressed during a prompt that cannot be interrupted are ignored.
func (c *Connection) prompt(op *operation, r Recognize) (Tone, error) {
	ctx, stop := context.WithCancel(op.ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() {
		ended <- c.call.playSent(ctx, r.Prompts, false, []speaker{r.speaker}, func() {})
	}()
	for {
		select {
		case err := <-ended:
			return 0, err
		case tone := <-op.tones:
			if r.InterruptPrompt {
				stop()
				<-ended
				return tone, nil
			}
		}
	}
}

// collect gathers keys until one of the ends is reached.
func collect(op *operation, r Recognize, tones []Tone) Event {
	for {
		if end, by := enough(r, &tones); end {
			return RecognizeCompleted{Head: op.head(), Tones: tones, By: by}
		}
		wait := r.InterTone
		if len(tones) == 0 {
			wait = r.InitialSilence
		}
		patience := time.NewTimer(wait)
		select {
		case tone := <-op.tones:
			patience.Stop()
			tones = append(tones, tone)
		case <-op.ctx.Done():
			patience.Stop()
			return RecognizeCanceled{op.head()}
		case <-patience.C:
			if len(tones) == 0 {
				return RecognizeFailed{Head: op.head(), By: InitialSilence}
			}
			return RecognizeCompleted{Head: op.head(), Tones: tones, By: InterToneTimeout}
		}
	}
}

// enough says whether the last key ends the recognition. A stop tone is not part
// of what was collected.
func enough(r Recognize, tones *[]Tone) (bool, RecognizeEnd) {
	n := len(*tones)
	switch {
	case n > 0 && slices.Contains(r.StopTones, (*tones)[n-1]):
		*tones = (*tones)[:n-1]
		return true, StopToneHeard
	case r.MaxTones > 0 && n >= r.MaxTones:
		return true, MaxTonesCollected
	}
	return false, 0
}

func drain(tones chan Tone) {
	for {
		select {
		case <-tones:
		default:
			return
		}
	}
}
