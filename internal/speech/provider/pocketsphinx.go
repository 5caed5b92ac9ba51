package provider

import (
	"bytes"
	"context"
	_ "embed"
	"slices"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/audio"
	"github.com/switchhook/switchhook/internal/speech"
	"github.com/switchhook/switchhook/internal/speech/voice"
)

// Pocketsphinx is pocketsphinx 5 with its English model: a Python program beside the
// server, which tells the phrases of a grammar apart. It is for choices: what anybody
// may say is beyond it.
type Pocketsphinx struct {
	name   string
	python string // the interpreter that has the package

	turn  chan struct{} // is held by who talks to the child
	child *child        // nil: none runs
}

// NewPocketsphinx returns the provider; python is "" for python3.
func NewPocketsphinx(name, python string) *Pocketsphinx {
	if python == "" {
		python = "python3"
	}
	return &Pocketsphinx{name: name, python: python, turn: make(chan struct{}, 1)}
}

//go:embed choices.py
var pocketsphinxProgram string

// pocketsphinxRate is the rate that the model hears, in Hz.
const pocketsphinxRate = 16000

// pocketsphinxWithin is how long an answer may take; the first one waits for the model.
const pocketsphinxWithin = 10 * time.Second

// choosing is the answer to a request. Frames are of 10 ms.
type choosing struct {
	Unknown bool
	Words   []struct {
		Word       string
		Start, End int
	}
	Lead float64
}

// Understand implements speech.Uploader.
func (p *Pocketsphinx) Understand(ctx context.Context, wav []byte, l speech.Listening) (speech.Result, error) {
	switch {
	case !l.Closed || len(l.Phrases) == 0:
		return speech.Result{}, p.failed(speech.Rejected, "it understands choices only, not what anybody may say")
	case len(l.Languages) > 0 && !strings.HasPrefix(strings.ToLower(l.Languages[0]), "en"):
		return speech.Result{}, p.failed(speech.Rejected, "it understands English only, not "+l.Languages[0])
	}
	samples, rate, err := audio.ReadWAV(bytes.NewReader(wav), 2*time.Minute)
	if err == nil {
		samples, err = audio.Resample(samples, rate, pocketsphinxRate)
	}
	if err != nil {
		return speech.Result{}, p.failed(speech.Broken, err.Error())
	}
	got, err := p.ask(ctx, l.Phrases, samples)
	if err != nil {
		return speech.Result{}, err
	}
	if got.Unknown {
		return speech.Result{}, p.failed(speech.Rejected, "its dictionary has none of the phrases")
	}
	if !got.trusted(samples) {
		return speech.Result{}, nil
	}
	return got.result(), nil
}

func (p *Pocketsphinx) failed(kind speech.ErrorKind, detail string) error {
	status := 0
	if kind == speech.Rejected {
		status = 400
	}
	return &speech.Error{Kind: kind, Provider: p.name, Status: status, Detail: detail}
}

// ask asks the child, which is started if none runs. One that fails is started anew for
// the next request.
func (p *Pocketsphinx) ask(ctx context.Context, phrases []string, samples []int16) (got choosing, err error) {
	select {
	case p.turn <- struct{}{}:
		defer func() { <-p.turn }()
	case <-ctx.Done():
		return got, context.Cause(ctx)
	}
	if p.child == nil {
		if p.child, err = start(p.python); err != nil {
			return got, &speech.Error{Kind: speech.Unreachable, Provider: p.name, Detail: "the program cannot be started", Cause: err}
		}
	}
	c := p.child
	patience := time.AfterFunc(pocketsphinxWithin, c.kill)
	defer patience.Stop()
	if err = c.talk(phrases, samples, &got); err == nil {
		return got, nil
	}
	c.end()
	p.child = nil
	return got, &speech.Error{Kind: speech.Broken, Provider: p.name, Detail: strings.TrimSpace("the program has failed: " + shown(c.said.Bytes())), Cause: err}
}

// The rules of what is believed, since a grammar makes one of its phrases of everything:
// so much of the voice lies in words, and the words are not much worse than a loop of
// phones, by frame.
const (
	coveredLeast = 0.8
	leadLeast    = -0.001
)

// trusted reports whether a phrase was said, and not something else.
func (c choosing) trusted(samples []int16) bool {
	if len(c.Words) == 0 || c.Lead < leadLeast {
		return false
	}
	const frame = pocketsphinxRate / audio.FramesPerSecond
	detector := voice.NewDetector()
	voiced, covered := 0, 0
	for i := 0; (i+1)*frame <= len(samples); i++ {
		if !detector.Voiced(samples[i*frame:(i+1)*frame], 1) {
			continue
		}
		voiced++
		if slices.ContainsFunc(c.Words, func(w struct {
			Word       string
			Start, End int
		}) bool {
			return w.Start <= 2*i+1 && 2*i <= w.End
		}) {
			covered++
		}
	}
	return float64(covered) >= coveredLeast*float64(voiced)
}

// result is what was said. The score is no probability, so there is no confidence.
func (c choosing) result() speech.Result {
	const frame = 10 * time.Millisecond
	var r speech.Result
	var text []string
	for _, w := range c.Words {
		text = append(text, w.Word)
		r.Words = append(r.Words, speech.Word{Text: w.Word, Offset: time.Duration(w.Start) * frame, Duration: time.Duration(w.End-w.Start+1) * frame})
	}
	r.Text = strings.Join(text, " ")
	r.Offset, r.Duration = spanOf(r.Words)
	return r
}
