package callautomation

import (
	"regexp"
	"time"

	"github.com/switchhook/switchhook/internal/call"
)

// inputs are the kinds of input by Azure's word, in lower case.
var inputs = map[string]call.Input{
	"dtmf": call.TonesInput, "choices": call.ChoicesInput, "speech": call.SpeechInput, "speechordtmf": call.SpeechOrTonesInput,
}

type speechOptions struct {
	EndSilence float64 `json:"endSilenceTimeoutInMs"` // 0, which .NET's 1.1.0-beta.1 sends for none, is the default
}

type choice struct {
	Label   string   `json:"label"`
	Phrases []string `json:"phrases"`
	Tone    string   `json:"tone"`
}

// Bounds of a recognition of speech.
const (
	defaultEndSilence = 500 * time.Millisecond
	maxEndSilence     = 60_000 // ms
	maxLanguages      = 10
	maxChoices        = 100
	maxPhrases        = 100 // of a choice
	maxPhrase         = 200 // characters
)

// language is a tag of BCP 47 as far as speech services know them.
var language = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$`)

// speech checks the options of speech and choices.
func (o recognizeOptions) speech(rec *call.Recognize) (err error) {
	if err := addressFits("recognizeOptions.speechRecognitionModelEndpointId", o.SpeechModel); err != nil {
		return err
	}
	rec.Model, rec.EndSilence = o.SpeechModel, defaultEndSilence
	if o.SpeechOptions != nil && o.SpeechOptions.EndSilence != 0 {
		ms := o.SpeechOptions.EndSilence
		if !(ms > 0 && ms <= maxEndSilence) {
			return errBody("speechOptions.endSilenceTimeoutInMs: %v is not between 0 and %d.", ms, maxEndSilence)
		}
		rec.EndSilence = max(time.Duration(ms*float64(time.Millisecond)), 100*time.Millisecond)
	}
	if err := (unservedOptions{EnableSentimentAnalysis: o.EnableSentimentAnalysis}).check("recognizeOptions."); err != nil {
		return err
	}
	rec.Languages = o.SpeechLanguages
	if len(rec.Languages) == 0 && o.SpeechLanguage != "" {
		rec.Languages = []string{o.SpeechLanguage}
	}
	if len(rec.Languages) > maxLanguages {
		return errBody("speechLanguages: more than %d languages.", maxLanguages)
	}
	for _, tag := range rec.Languages {
		if !language.MatchString(tag) {
			return errBody("speechLanguage: %.40q is not a language such as en-US.", tag)
		}
	}
	if rec.Input == call.ChoicesInput {
		rec.Choices, err = parseChoices(o.Choices)
	}
	return err
}

// parseChoices checks what can be chosen.
func parseChoices(list []choice) ([]call.Choice, error) {
	if len(list) == 0 || len(list) > maxChoices {
		return nil, errBody("recognizeOptions.choices: between 1 and %d choices are required.", maxChoices)
	}
	choices, labels := make([]call.Choice, len(list)), map[string]bool{}
	for i, c := range list {
		field := indexed("choices", i)
		switch {
		case c.Label == "":
			return nil, errBody("%s.label is required.", field)
		case len(c.Label) > maxAddress:
			return nil, addressFits(field+".label", c.Label)
		case labels[c.Label]:
			return nil, errBody("%s.label: %.40q is the label of another choice.", field, c.Label)
		case len(c.Phrases) == 0 && c.Tone == "":
			return nil, errBody("%s has neither phrases nor a tone.", field)
		case len(c.Phrases) > maxPhrases:
			return nil, errBody("%s.phrases: more than %d phrases.", field, maxPhrases)
		}
		for _, phrase := range c.Phrases {
			if phrase == "" || length(phrase) > maxPhrase {
				return nil, errBody("%s.phrases: a phrase has between 1 and %d characters.", field, maxPhrase)
			}
		}
		labels[c.Label] = true
		choices[i] = call.Choice{Label: c.Label, Phrases: c.Phrases}
		if c.Tone != "" {
			tone, err := parseTone(field+".tone", c.Tone)
			if err != nil {
				return nil, err
			}
			choices[i].Tone = tone
		}
	}
	return choices, nil
}

// recognizedMembers are the members of RecognizeCompleted that say what was
// recognised. A choice by key has no phrase.
func recognizedMembers(e call.RecognizeCompleted) object {
	switch e.Input {
	case call.SpeechInput:
		said := object{{"speech", e.Said.Text}}
		if c := e.Said.Confidence; c != nil {
			said = said.add("confidence", *c)
		}
		said = said.addText("languageIdentified", e.Said.Language) // of previews, which alone can ask for several
		return object{{"recognitionType", "speech"}, {"speechResult", said}}
	case call.ChoicesInput:
		chosen := object{{"label", e.Said.Label}}
		chosen = chosen.addText("recognizedPhrase", e.Said.Text)
		if c := e.Said.Confidence; c != nil {
			chosen = chosen.add("confidence", *c)
		}
		chosen = chosen.addText("languageIdentified", e.Said.Language)
		return object{{"recognitionType", "choices"}, {"choiceResult", chosen}}
	}
	return toneMembers(e.Tones)
}
