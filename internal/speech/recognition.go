package speech

import (
	"context"
	"time"
)

// Listening is how a speaker is to be understood.
type Listening struct {
	// Languages that the speaker may use, BCP 47. The first one is the main one; a
	// provider that identifies languages chooses among all.
	Languages []string
	// Phrases that are likely. Where Closed is set, the speaker is expected to say
	// one of them: a provider may use them as a grammar, and must say nothing rather
	// than force what was said into it.
	Phrases []string
	Closed  bool

	Model        string // the deployment of a trained model, or ""
	Rate         int    // of the samples, in Hz: 8000 or 16000
	Intermediate bool   // hypotheses are wanted too
	Words        bool   // the times of words are wanted, where the provider has them

	Endpoints Endpoints // that the application named
}

// Recognizer understands speech. Its errors are Errors.
type Recognizer interface {
	// Listen returns a transcriber for one speaker. It does not wait for the
	// provider: what cannot be reached is told as the transcriber's error. The
	// transcriber ends when ctx is done.
	Listen(ctx context.Context, l Listening) (Transcriber, error)
}

// Transcriber understands one speaker, utterance by utterance. The voice detector,
// not the provider, decides what an utterance is: it is written as it is spoken
// (with the detector's pre-roll), then finished. A provider that segments by itself
// may give several final results for an utterance, which belong together.
//
// Write and Finish belong to one goroutine; Results is read by another one or the
// same. No method waits for the network.
type Transcriber interface {
	// Write takes the next samples of the utterance, at the rate of the Listening.
	// They are copied. Offset is the time of the first of them since Listen: samples
	// need not follow each other without a gap.
	Write(offset time.Duration, samples []int16)
	// Finish says that the utterance is over: its final result is wanted at once.
	// What is written later is the next utterance. Without anything written it does
	// nothing.
	Finish()
	// Results delivers what was understood, in order. It is closed when the
	// transcriber has ended.
	Results() <-chan Result
	// Err is, once Results is closed, why the transcriber ended by itself; nil after
	// Close.
	Err() error
	// Close gives up what is not yet understood, and waits until all that the
	// transcriber owns is gone.
	Close()
}

// Result is what was understood.
type Result struct {
	Text string // as it would be written; "" in a final result: nothing was understood
	// Final results do not change any more; others are hypotheses of the present
	// utterance, each of which replaces the one before.
	Final bool
	// Last says that the utterance which Finish ended is complete with this result.
	Last bool

	Language   string   // that was identified or expected, BCP 47; of a provider, by any name; "" if unknown
	Confidence *float64 // 0 to 1; nil where the provider gives none

	Offset   time.Duration // of the first sound since Listen
	Duration time.Duration
	Words    []Word // of a final result; nil where the provider gives none
}

// Word is one word of a result.
type Word struct {
	Text     string
	Offset   time.Duration // since Listen
	Duration time.Duration
}
