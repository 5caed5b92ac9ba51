package provider

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/switchhook/switchhook/internal/speech"
)

// transcription is the answer to a file: of whisper models with segments and words.
type transcription struct {
	Language string
	Text     string
	Segments []segmentOfText
	Words    []struct {
		Word       string
		Start, End float64
	}
}

// segmentOfText is a part of a transcription. Times are in seconds.
type segmentOfText struct {
	Start, End  float64
	Text        string
	LogProb     float64 `json:"avg_logprob"`
	NoSpeech    float64 `json:"no_speech_prob"`
	Compression float64 `json:"compression_ratio"`
}

// The published hints of what whisper models make of silence and noise.
const (
	noSpeech    = 0.6
	improbable  = -1.0
	compression = 2.4
)

// madeUp reports whether the model has made a segment of silence or noise.
func (s segmentOfText) madeUp() bool {
	return s.NoSpeech > noSpeech && s.LogProb < improbable || s.Compression > compression
}

// result is what was understood, without what a model makes up of silence.
func (t transcription) result(l speech.Listening) speech.Result {
	r := speech.Result{Text: strings.TrimSpace(t.Text)}
	if len(l.Languages) > 1 {
		r.Language = t.Language // that was found
	}
	if said := slices.DeleteFunc(slices.Clone(t.Segments), segmentOfText.madeUp); len(said) < len(t.Segments) {
		var text []string
		for _, s := range said {
			text = append(text, strings.TrimSpace(s.Text))
		}
		t.Segments, r.Text = said, strings.Join(text, " ")
	}
	if len(t.Segments) == 0 && r.Text == "" {
		return r
	}
	var spoken, sure float64
	for _, s := range t.Segments {
		spoken += s.End - s.Start
		sure += (s.End - s.Start) * math.Exp(s.LogProb)
	}
	if spoken > 0 {
		confidence := min(1, sure/spoken)
		r.Confidence = &confidence
	}
	for _, w := range t.Words {
		if t.holds(w.Start) {
			r.Words = append(r.Words, speech.Word{Text: w.Word, Offset: seconds(w.Start), Duration: seconds(w.End - w.Start)})
		}
	}
	return r
}

// holds reports whether a moment, in seconds, lies in a segment; any does where the server
// tells of none.
func (t transcription) holds(at float64) bool {
	return len(t.Segments) == 0 || slices.ContainsFunc(t.Segments, func(s segmentOfText) bool { return s.Start <= at && at <= s.End })
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
